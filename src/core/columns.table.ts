import { sql, type SQL } from 'drizzle-orm';
import { bigint, customType, timestamp, type AnyPgColumn } from 'drizzle-orm/pg-core';

/** Milliseconds, as JavaScript's Date has: what is read back compares equal, so keyset pages lose no row. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Bytes up to 2^53 - 1. */
export const byteCount = (name: string) => bigint(name, { mode: 'number' });

/** Text in the order of its UTF-8 bytes, which is how object storage lists keys, whatever the database's own order. */
export const byteOrderedText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/**
 * For keys in a byte-ordered column: those that are this stem, or it and an extension (`a/b`, `a/b.pdf`). The slash is
 * the byte after the full stop.
 */
export const hasStem = (column: AnyPgColumn, stem: string): SQL =>
  sql`${column} >= ${stem} and ${column} < ${`${stem}/`}`;
