import { pgEnum, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { organizations } from '../accounts/organization.table.js';
import { erasureKinds } from './erasure.js';

export const erasureKind = pgEnum('erasure_kind', erasureKinds);

/** What is being erased. The row goes with the last of what it names: only the audit log keeps that it was there. */
export const erasures = pgTable(
  'erasures',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    kind: erasureKind('kind').notNull(),
    subject: text('subject').notNull(),
    requestedByKind: actorKind('requested_by_kind').notNull(),
    requestedById: text('requested_by_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [unique().on(table.orgId, table.kind, table.subject)],
);
