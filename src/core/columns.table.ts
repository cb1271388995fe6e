import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** Milliseconds, as JavaScript's Date has: what is read back compares equal, so keyset pages lose no row. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Bytes up to 2^53 - 1. */
export const byteCount = (name: string) => bigint(name, { mode: 'number' });
