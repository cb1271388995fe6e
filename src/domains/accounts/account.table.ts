import { sql, type SQL } from 'drizzle-orm';
import { index, pgEnum, pgTable, primaryKey, text, type AnyPgColumn } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { actorKinds } from '../../core/viewer.js';
import { organizations } from './organization.table.js';

export const actorKind = pgEnum('actor_kind', actorKinds);

/** What indexes and queries compute alike: an index serves exactly the expression that it was made of. */
type Columns = Readonly<Record<'id' | 'name', AnyPgColumn>>;

/** What people are ordered by: without regard to case, by code point, the same on every database. */
export const personKey = ({ id, name }: Columns): SQL => sql`lower(coalesce(${name}, ${id})) collate "C"`;

/** What is searched in. No word spans the space between the two. */
export const personText = ({ id, name }: Columns): SQL => sql`lower(coalesce(${name}, '') || ' ' || ${id})`;

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
  (table) => [
    primaryKey({ columns: [table.orgId, table.kind, table.id] }),
    index('accounts_people')
      .on(table.orgId, personKey(table), table.id)
      .where(sql`${table.kind} = 'USER'`),
    index('accounts_people_by_text')
      .using('gin', table.orgId, sql`${personText(table)} gin_trgm_ops`)
      .where(sql`${table.kind} = 'USER'`),
  ],
);
