import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import { accounts } from './account.table.js';
import type { Account, Organization } from './account.js';
import { organizations } from './organization.table.js';

const accountKinds: ActorRef['kind'][] = ['USER', 'SERVICE_ACCOUNT'];

export function makeAccountStore(db: Db) {
  const isPerson = (orgId: string, userId: string) =>
    and(eq(accounts.orgId, orgId), eq(accounts.kind, 'USER'), eq(accounts.id, userId));
  const person = { id: accounts.id, name: accounts.name };

  return {
    /** false when the organization is known already; waits for whoever is making it in this moment. */
    async insertOrganization(organization: Organization): Promise<boolean> {
      const { rowCount } = await db.insert(organizations).values(organization).onConflictDoNothing();
      return rowCount === 1;
    },

    async findOrganizationId(externalId: string): Promise<string | undefined> {
      const [row] = await db
        .select({ id: organizations.id })
        .from(organizations)
        .where(eq(organizations.externalId, externalId));
      return row?.id;
    },

    /** The account and its organization's id, by one query. */
    async findKnown(
      externalId: string,
      kind: Account['kind'],
      id: string,
    ): Promise<{ orgId: string; name: string | null } | undefined> {
      const [row] = await db
        .select({ orgId: accounts.orgId, name: accounts.name })
        .from(organizations)
        .innerJoin(accounts, eq(accounts.orgId, organizations.id))
        .where(and(eq(organizations.externalId, externalId), eq(accounts.kind, kind), eq(accounts.id, id)));
      return row;
    },

    async findOrganization(id: string): Promise<Organization | undefined> {
      const [row] = await db
        .select({ id: organizations.id, externalId: organizations.externalId })
        .from(organizations)
        .where(eq(organizations.id, id));
      return row;
    },

    /** Makes the account, or gives it its new name. Writes nothing when nothing is new. */
    async upsert(account: Account): Promise<void> {
      await db
        .insert(accounts)
        .values(account)
        .onConflictDoUpdate({
          target: [accounts.orgId, accounts.kind, accounts.id],
          set: { name: sql`excluded.name` },
          setWhere: sql`excluded.name is not null and excluded.name is distinct from ${accounts.name}`,
        });
    },

    async findPerson(orgId: string, userId: string) {
      const [row] = await db.select(person).from(accounts).where(isPerson(orgId, userId));
      return row;
    },

    /** A person rather than a service account, where there are both. */
    async findActor(orgId: string, id: string): Promise<ActorRef | undefined> {
      const [row] = await db
        .select({ kind: accounts.kind, id: accounts.id })
        .from(accounts)
        .where(and(eq(accounts.orgId, orgId), inArray(accounts.kind, accountKinds), eq(accounts.id, id)))
        // In the order in which the kinds are declared.
        .orderBy(asc(accounts.kind));
      return row;
    },

    /** Holds the row until the transaction ends; foreign keys to it are not held up. false: no such person. */
    async lockPerson(orgId: string, userId: string): Promise<boolean> {
      const rows = await db.select(person).from(accounts).where(isPerson(orgId, userId)).for('no key update');
      return rows.length === 1;
    },

    async listNames(orgId: string, kind: Account['kind'], ids: readonly string[]): Promise<ActorName[]> {
      return db
        .select({ kind: accounts.kind, id: accounts.id, name: accounts.name })
        .from(accounts)
        .where(and(eq(accounts.orgId, orgId), eq(accounts.kind, kind), inArray(accounts.id, [...ids])));
    },
  };
}

export interface ActorName extends ActorRef {
  readonly name: string | null;
}
