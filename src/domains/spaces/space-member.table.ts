import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { spaces } from './space.table.js';

/** Who has a role of the space's own, instead of the one that cascades from the organization. */
export const spaceMembers = pgTable(
  'space_members',
  {
    spaceId: text('space_id')
      .notNull()
      .references(() => spaces.id),
    orgId: text('org_id').notNull(),
    kind: actorKind('kind').notNull(),
    /** The `sub` claim; of an App its own id. */
    id: text('id').notNull(),
    /** Of `roles`, or the name of a built-in one. */
    roleId: text('role_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.spaceId, table.kind, table.id] }),
    index('space_members_by_member').on(table.orgId, table.kind, table.id),
  ],
);
