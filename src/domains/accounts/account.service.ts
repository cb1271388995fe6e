import { LRUCache } from 'lru-cache';
import type { Db, Transact, Tx } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { ActorRef } from '../../core/viewer.js';
import { isExternalId, type Identity, type Organization } from './account.js';
import { makeAccountStore, type ActorName } from './account.store.js';
import { makeAgentStore } from './agent.store.js';

export type Accounts = ReturnType<typeof makeAccounts>;

export interface AccountsDeps {
  db: Db;
  transact: Transact;
  /** Makes what later domains keep of each organization, in the transaction that makes the organization. */
  onOrganizationCreated: (tx: Tx, orgId: string) => Promise<void>;
  /** How long an identity is remembered as known. */
  rememberMs?: number;
  /** How many are; about 200 bytes each. */
  maxRemembered?: number;
}

/** Organizations, people and service accounts: made on first sight of a valid token. */
export function makeAccounts({
  db,
  transact,
  onOrganizationCreated,
  rememberMs = 60_000,
  maxRemembered = 10_000,
}: AccountsDeps) {
  const store = makeAccountStore(db);
  /** What was written already, so that a token that comes again costs no query. */
  const remembered = new LRUCache<string, { name: string | null; orgId: Promise<string> }>({
    max: maxRemembered,
    // Should nobody tell that somebody was erased.
    ttl: rememberMs,
  });

  return {
    /** Our id of the identity's organization; organization and account exist from then on. */
    admit(identity: Identity): Promise<string> {
      const key = JSON.stringify([identity.externalOrgId, identity.kind, identity.id]);
      const known = remembered.get(key);
      if (known !== undefined && (identity.name === null || identity.name === known.name)) return known.orgId;
      const entry = { name: identity.name, orgId: findOrWrite(identity) };
      remembered.set(key, entry);
      // Whoever came meanwhile shares the failure; whoever comes next tries again.
      entry.orgId.catch(() => remembered.get(key) === entry && remembered.delete(key));
      return entry.orgId;
    },

    /** Somebody was erased, by whichever process: whoever comes again is known anew. */
    forgetRemembered: () => remembered.clear(),

    /** Our id of it; undefined when nobody of it was seen. */
    findOrganizationId: (externalId: string) => store.findOrganizationId(externalId),

    /** Ids are of one database alone: what names another organization is of another installation. */
    hasOrganization: async (orgId: string) => (await store.findOrganization(orgId)) !== undefined,

    async getOrganization(orgId: string): Promise<Organization> {
      const organization = await store.findOrganization(orgId);
      if (organization === undefined) throw notFound('The organization');
      return organization;
    },

    /** undefined when no such person has signed in to the organization yet. */
    findPerson: async (orgId: string, userId: string) =>
      isExternalId(userId) ? store.findPerson(orgId, userId) : undefined,

    /**
     * Holds the person until the transaction ends, so that what is counted per person is counted one at a time.
     * Throws NOT_FOUND when no such person has signed in to the organization yet.
     */
    async lockPerson(tx: Tx, orgId: string, userId: string): Promise<void> {
      const isThere = isExternalId(userId) && (await makeAccountStore(tx.db).lockPerson(orgId, userId));
      if (!isThere) throw notFound('The person');
    },

    /**
     * Whom an id stands for: a person who has signed in to the organization, else a service account that has, else
     * the App of an agent, by the App's own id or the agent's URN. undefined when it stands for nobody.
     */
    async findActor(orgId: string, id: string): Promise<ActorRef | undefined> {
      if (!isExternalId(id)) return undefined;
      return (await store.findActor(orgId, id)) ?? makeAgentStore(db).findApp(orgId, id);
    },

    /** One for each, in their order; null for who has none, or is not known. One query a kind. */
    async listNames(orgId: string, actors: readonly ActorRef[]): Promise<(string | null)[]> {
      const idsOf = (kind: ActorRef['kind']) => [
        ...new Set(actors.filter((actor) => actor.kind === kind).map(({ id }) => id)),
      ];
      const agents = makeAgentStore(db);
      const found = await Promise.all([
        ifAny(idsOf('USER'), (ids) => store.listNames(orgId, 'USER', ids)),
        ifAny(idsOf('SERVICE_ACCOUNT'), (ids) => store.listNames(orgId, 'SERVICE_ACCOUNT', ids)),
        ifAny(idsOf('APP'), (ids) => agents.listAppNames(orgId, ids)),
      ]);
      const keyOf = ({ kind, id }: ActorRef) => `${kind} ${id}`;
      const names = new Map(found.flat().map((actor) => [keyOf(actor), actor.name]));
      return actors.map((actor) => names.get(keyOf(actor)) ?? null);
    },
  };

  /** Most are known to the database already, such as to another process: one read, and no transaction. */
  async function findOrWrite(identity: Identity): Promise<string> {
    const known = await store.findKnown(identity.externalOrgId, identity.kind, identity.id);
    const isUpToDate = known !== undefined && (identity.name === null || identity.name === known.name);
    return isUpToDate ? known.orgId : write(identity);
  }

  function write({ externalOrgId, kind, id, name }: Identity): Promise<string> {
    return transact(async (tx) => {
      const accounts = makeAccountStore(tx.db);
      const orgId = (await accounts.findOrganizationId(externalOrgId)) ?? (await create(tx, externalOrgId));
      await accounts.upsert({ orgId, kind, id, name });
      return orgId;
    });
  }

  async function create(tx: Tx, externalId: string): Promise<string> {
    const accounts = makeAccountStore(tx.db);
    const id = newId();
    if (await accounts.insertOrganization({ id, externalId })) {
      await onOrganizationCreated(tx, id);
      return id;
    }
    // Another process made it in this very moment, and has committed by now.
    const orgId = await accounts.findOrganizationId(externalId);
    if (orgId === undefined) throw new Error('an organization was neither inserted nor found');
    return orgId;
  }
}

function ifAny(ids: string[], find: (ids: string[]) => Promise<ActorName[]>): Promise<ActorName[]> {
  return ids.length === 0 ? Promise.resolve([]) : find(ids);
}
