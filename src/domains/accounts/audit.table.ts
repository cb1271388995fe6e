import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKind } from './account.table.js';

/** Append-only: nothing updates or deletes a row. */
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
  (table) => [index('audit_entries_newest').on(table.orgId, table.at, table.id)],
);
