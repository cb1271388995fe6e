import { sql } from 'drizzle-orm';
import { check, pgTable, text } from 'drizzle-orm/pg-core';
import { byteCount } from '../../core/columns.table.js';
import { organizations } from '../accounts/organization.table.js';

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
  },
  (table) => [check('usage_not_negative', sql`${table.usedBytes} >= 0 and ${table.reservedBytes} >= 0`)],
);
