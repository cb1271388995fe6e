import { sql } from 'drizzle-orm';
import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';

/** Whose the assets were that are gone for good: ids alone. */
export const purgedAssets = pgTable(
  'purged_assets',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    agentUrn: text('agent_urn'),
    userId: text('user_id'),
    spaceId: text('space_id'),
    executionId: text('execution_id'),
    purgedAt: instant('purged_at').notNull().defaultNow(),
  },
  (table) => [
    index('purged_assets_of_agent').on(table.orgId, table.agentUrn, table.userId),
    index('purged_assets_of_execution')
      .on(table.orgId, table.executionId)
      .where(sql`${table.executionId} is not null`),
  ],
);
