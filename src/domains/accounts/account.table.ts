import { pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKinds } from '../../core/viewer.js';
import { organizations } from './organization.table.js';

export const actorKind = pgEnum('actor_kind', actorKinds);

/** People and service accounts, known since their first valid token. `id` is the `sub` claim. */
export const accounts = pgTable(
  'accounts',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.id),
    kind: actorKind('kind').notNull(),
    id: text('id').notNull(),
    name: text('name'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.kind, table.id] })],
);
