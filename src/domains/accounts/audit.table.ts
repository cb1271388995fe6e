import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKind } from './account.table.js';

/** Append-only: a trigger of the database refuses to update, delete or truncate. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    at: instant('at').notNull().defaultNow(),
    actorKind: actorKind('actor_kind').notNull(),
    actorId: text('actor_id').notNull(),
    /** The operation's name in the schema, such as `createAppKey`. */
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    details: jsonb('details').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('audit_entries_newest').on(table.orgId, table.at, table.id),
    // A subject has few entries: those of one action are picked from among them.
    index('audit_entries_of_subject').on(table.orgId, table.subject, table.at, table.id),
    index('audit_entries_of_action').on(table.orgId, table.action, table.at, table.id),
  ],
);
