import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { byteCount, instant } from '../../core/columns.table.js';
import { organizations } from '../accounts/organization.table.js';
import { spaces } from '../spaces/space.table.js';

/** One row an organization; the sums of its assets' and open uploads' sizes. */
export const storageUsage = pgTable(
  'storage_usage',
  {
    orgId: text('org_id')
      .primaryKey()
      .references(() => organizations.id),
    /** null: no limit. */
    quotaBytes: byteCount('quota_bytes'),
    usedBytes: byteCount('used_bytes').notNull().default(0),
    reservedBytes: byteCount('reserved_bytes').notNull().default(0),
    /** Part of usedBytes. */
    trashedBytes: byteCount('trashed_bytes').notNull().default(0),
    /** When the counters are to be compared with what they count. No upload changes it, and so not its index either. */
    nextCheckAt: instant('next_check_at')
      .notNull()
      .default(sql`now() + interval '1 day'`),
  },
  (table) => [
    index('storage_usage_by_next_check').on(table.nextCheckAt),
    check('usage_not_negative', sql`${table.usedBytes} >= 0 and ${table.reservedBytes} >= 0`),
    check('trash_within_usage', sql`${table.trashedBytes} between 0 and ${table.usedBytes}`),
  ],
);

/** Of usedBytes, what each space holds, and all memories together; what is in the trash is among it. */
export const spaceUsage = pgTable(
  'space_usage',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    /** null: memories. */
    spaceId: text('space_id').references(() => spaces.id),
    usedBytes: byteCount('used_bytes').notNull().default(0),
    assetCount: integer('asset_count').notNull().default(0),
  },
  (table) => [
    unique('space_usage_of_place').on(table.orgId, table.spaceId).nullsNotDistinct(),
    check('space_usage_not_negative', sql`${table.usedBytes} >= 0 and ${table.assetCount} >= 0`),
  ],
);
