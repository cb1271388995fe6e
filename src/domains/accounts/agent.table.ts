import { pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { organizations } from './organization.table.js';

export const agents = pgTable(
  'agents',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    urn: text('urn').notNull(),
    name: text('name').notNull(),
    /** The agent's caller-identity App: who acts when an app key of this agent is used. */
    appId: text('app_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.urn] }), unique().on(table.appId)],
);
