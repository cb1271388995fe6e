import { and, asc, eq, gt, inArray, or, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { ActorName } from './account.store.js';
import type { Agent } from './agent.js';
import { agents } from './agent.table.js';

const columns = { orgId: agents.orgId, urn: agents.urn, name: agents.name, appId: agents.appId };

export function makeAgentStore(db: Db) {
  return {
    /** Inserts or renames it; undefined when it was there under that very name. */
    async upsert(agent: Agent): Promise<Agent | undefined> {
      const [row] = await db
        .insert(agents)
        .values(agent)
        .onConflictDoUpdate({
          target: [agents.orgId, agents.urn],
          set: { name: sql`excluded.name` },
          setWhere: sql`excluded.name is distinct from ${agents.name}`,
        })
        .returning(columns);
      return row;
    },

    async find(orgId: string, urn: string): Promise<Agent | undefined> {
      const [row] = await db
        .select(columns)
        .from(agents)
        .where(and(eq(agents.orgId, orgId), eq(agents.urn, urn)));
      return row;
    },

    async listByUrns(orgId: string, urns: readonly string[]): Promise<Agent[]> {
      return db
        .select(columns)
        .from(agents)
        .where(and(eq(agents.orgId, orgId), inArray(agents.urn, [...urns])));
    },

    async list(orgId: string, limit: number, afterUrn: string | undefined): Promise<Agent[]> {
      return db
        .select(columns)
        .from(agents)
        .where(and(eq(agents.orgId, orgId), afterUrn === undefined ? undefined : gt(agents.urn, afterUrn)))
        .orderBy(asc(agents.urn))
        .limit(limit);
    },

    /** By the App's own id or the agent's URN. */
    async findApp(orgId: string, idOrUrn: string): Promise<ActorRef | undefined> {
      const [row] = await db
        .select({ id: agents.appId })
        .from(agents)
        .where(and(eq(agents.orgId, orgId), or(eq(agents.appId, idOrUrn), eq(agents.urn, idOrUrn))));
      return row && { kind: 'APP', id: row.id };
    },

    async listAppNames(orgId: string, appIds: readonly string[]): Promise<ActorName[]> {
      const rows = await db
        .select({ id: agents.appId, name: agents.name })
        .from(agents)
        .where(and(eq(agents.orgId, orgId), inArray(agents.appId, [...appIds])));
      return rows.map((row) => ({ kind: 'APP', ...row }));
    },
  };
}
