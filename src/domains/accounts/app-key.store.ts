import { and, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { agents } from './agent.table.js';
import type { AppKey, AppKeyOwner } from './app-key.js';
import { appKeys } from './app-key.table.js';

const columns = {
  id: appKeys.id,
  orgId: appKeys.orgId,
  agentUrn: appKeys.agentUrn,
  name: appKeys.name,
  createdAt: appKeys.createdAt,
  lastUsedAt: appKeys.lastUsedAt,
  revokedAt: appKeys.revokedAt,
};

const inOrg = (orgId: string, id: string) => and(eq(appKeys.orgId, orgId), eq(appKeys.id, id));
const isUseWorthNoting = or(
  isNull(appKeys.lastUsedAt),
  lt(appKeys.lastUsedAt, sql`clock_timestamp() - interval '1 minute'`),
);

export function makeAppKeyStore(db: Db) {
  return {
    async insert(key: {
      id: string;
      orgId: string;
      agentUrn: string;
      name: string;
      secretHash: string;
    }): Promise<AppKey> {
      const [row] = await db.insert(appKeys).values(key).returning(columns);
      if (row === undefined) throw new Error('an inserted app key was not returned');
      return row;
    },

    /** undefined when there is none in force. `isUseDue`: its last use is more than a minute old, or unknown. */
    async findOwner(secretHash: string): Promise<(AppKeyOwner & { isUseDue: boolean }) | undefined> {
      const [row] = await db
        .select({
          keyId: appKeys.id,
          orgId: appKeys.orgId,
          agentUrn: appKeys.agentUrn,
          agentName: agents.name,
          appId: agents.appId,
          isUseDue: sql<boolean>`${isUseWorthNoting}`,
        })
        .from(appKeys)
        .innerJoin(agents, and(eq(agents.orgId, appKeys.orgId), eq(agents.urn, appKeys.agentUrn)))
        .where(and(eq(appKeys.secretHash, secretHash), isNull(appKeys.revokedAt)));
      return row;
    },

    /** Of many requests at once, one writes. */
    async noteUse(id: string): Promise<void> {
      await db
        .update(appKeys)
        .set({ lastUsedAt: sql`clock_timestamp()` })
        .where(and(eq(appKeys.id, id), isUseWorthNoting));
    },

    /** undefined when it is unknown or revoked already. */
    async revoke(orgId: string, id: string): Promise<AppKey | undefined> {
      const [row] = await db
        .update(appKeys)
        .set({ revokedAt: sql`clock_timestamp()` })
        .where(and(inOrg(orgId, id), isNull(appKeys.revokedAt)))
        .returning(columns);
      return row;
    },

    async find(orgId: string, id: string): Promise<AppKey | undefined> {
      const [row] = await db.select(columns).from(appKeys).where(inOrg(orgId, id));
      return row;
    },

    /** Newest first. */
    async list(orgId: string, agentUrn: string | undefined, limit: number): Promise<AppKey[]> {
      const ofAgent = agentUrn === undefined ? undefined : eq(appKeys.agentUrn, agentUrn);
      return db
        .select(columns)
        .from(appKeys)
        .where(and(eq(appKeys.orgId, orgId), ofAgent))
        .orderBy(desc(appKeys.createdAt), desc(appKeys.id))
        .limit(limit);
    },

    async listIdsInForce(ids: readonly string[]): Promise<string[]> {
      const rows = await db
        .select({ id: appKeys.id })
        .from(appKeys)
        .where(and(inArray(appKeys.id, [...ids]), isNull(appKeys.revokedAt)));
      return rows.map(({ id }) => id);
    },
  };
}
