import { pgEnum, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { organizations } from '../accounts/organization.table.js';
import { permissions } from './role.js';

export const permission = pgEnum('permission', permissions);

/** An organization's own roles; the built-in ones are no rows. */
export const roles = pgTable(
  'roles',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    name: text('name').notNull(),
    permissions: permission('permissions').array().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [unique().on(table.orgId, table.name)],
);
