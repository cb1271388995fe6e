import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';

export const organizations = pgTable('organizations', {
  id: text('id').primaryKey(),
  /** The `org` claim, as the identity provider knows it. Never part of a storage key or URN. */
  externalId: text('external_id').notNull().unique(),
  createdAt: instant('created_at').notNull().defaultNow(),
});
