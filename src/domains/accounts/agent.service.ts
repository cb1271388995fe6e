import type { Db, Transact } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import { assertUrn, isUrn, toName, type Agent } from './agent.js';
import { makeAgentStore } from './agent.store.js';
import type { Audit } from './audit.service.js';

export type Agents = ReturnType<typeof makeAgents>;

export interface AgentsDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  cursors: Cursors;
  /** Whether the agent is being erased: what is made for it meanwhile would go with it. */
  isErasing: (orgId: string, urn: string) => Promise<boolean>;
}

/** The agents of an organization. Every member of it may see them; admins register them. */
export function makeAgents({ db, transact, audit, cursors, isErasing }: AgentsDeps) {
  const store = makeAgentStore(db);

  async function assertLasting(orgId: string, urn: string, field: string): Promise<void> {
    if (!(await isErasing(orgId, urn))) return;
    throw badInput(field, 'This agent is being erased. Wait until that has come to its end.');
  }

  return {
    /**
     * Registering a URN again gives that agent its new name. Throws PERMISSION_DENIED, BAD_USER_INPUT (`urn` also while
     * the one that had it before is being erased).
     */
    async registerAgent(viewer: Viewer, input: { urn: string; name: string }): Promise<Agent> {
      assertOrgAdmin(viewer);
      assertUrn(input.urn);
      await assertLasting(viewer.orgId, input.urn, 'urn');
      const agent = { orgId: viewer.orgId, urn: input.urn, name: toName(input.name), appId: newId() };
      return transact(async (tx) => {
        const agents = makeAgentStore(tx.db);
        const changed = await agents.upsert(agent);
        if (changed === undefined) return get(agents, agent.orgId, agent.urn);
        await audit.record(tx, viewer, 'registerAgent', agent.urn, {});
        return changed;
      });
    },

    findAgent: (orgId: string, urn: string) => find(store, orgId, urn),

    /** Throws NOT_FOUND. */
    getAgent: (orgId: string, urn: string) => get(store, orgId, urn),

    /** For whoever makes something for it. Throws NOT_FOUND, and BAD_USER_INPUT (`agentUrn`) while it is being erased. */
    async getLasting(orgId: string, urn: string): Promise<Agent> {
      const agent = await get(store, orgId, urn);
      await assertLasting(orgId, urn, 'agentUrn');
      return agent;
    },

    /** For a loader: those that exist, in any order. */
    findAgentsByUrn: (orgId: string, urns: readonly string[]) => store.listByUrns(orgId, urns),

    /** Ordered by URN. */
    async listAgents(viewer: Viewer, page: PageArgs): Promise<Connection<Agent>> {
      const cursor = cursors.bind<{ urn: string }>('agents', viewer.orgId);
      const after = cursor.decode(page.after);
      const rows = await store.list(viewer.orgId, page.first + 1, after?.urn);
      return toConnection(rows, page, ({ urn }) => cursor.encode({ urn }));
    },
  };
}

type Store = ReturnType<typeof makeAgentStore>;

async function find(store: Store, orgId: string, urn: string): Promise<Agent | undefined> {
  return isUrn(urn) ? store.find(orgId, urn) : undefined;
}

async function get(store: Store, orgId: string, urn: string): Promise<Agent> {
  const agent = await find(store, orgId, urn);
  if (agent === undefined) throw notFound('The agent');
  return agent;
}
