import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';

/** Milliseconds, as JavaScript's Date has: what is read back compares equal, so keyset pages lose no row. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Bytes up to 2^53 - 1. */
export const byteCount = (name: string) => bigint(name, { mode: 'number' });

/** Text in the order of its UTF-8 bytes, which is how object storage lists keys, whatever the database's own order. */
export const byteOrderedText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
