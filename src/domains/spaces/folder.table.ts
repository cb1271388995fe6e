import { foreignKey, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { spaces } from './space.table.js';

/** A folder knows its parent, and nothing beneath knows more: to rename or move one changes one row. */
export const folders = pgTable(
  'folders',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    spaceId: text('space_id')
      .notNull()
      .references(() => spaces.id),
    /** null: in the space's root. */
    parentId: text('parent_id'),
    /** In NFC, its case kept. */
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    createdByKind: actorKind('created_by_kind').notNull(),
    createdById: text('created_by_id').notNull(),
  },
  (table) => [
    unique('folders_name_among_siblings').on(table.spaceId, table.parentId, table.name).nullsNotDistinct(),
    index('folders_of_parent').on(table.parentId),
    foreignKey({ columns: [table.parentId], foreignColumns: [table.id] }),
  ],
);
