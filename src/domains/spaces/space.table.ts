import { pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { organizations } from '../accounts/organization.table.js';

export const spaces = pgTable(
  'spaces',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [unique().on(table.orgId, table.name)],
);
