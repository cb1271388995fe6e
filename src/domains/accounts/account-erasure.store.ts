import { and, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { accounts } from './account.table.js';
import { agents } from './agent.table.js';
import { appKeys } from './app-key.table.js';

export function makeAccountErasureStore(db: Db) {
  return {
    async deletePerson(orgId: string, userId: string): Promise<void> {
      await db
        .delete(accounts)
        .where(and(eq(accounts.orgId, orgId), eq(accounts.kind, 'USER'), eq(accounts.id, userId)));
    },

    async deleteAppKeys(orgId: string, agentUrn: string): Promise<void> {
      await db.delete(appKeys).where(and(eq(appKeys.orgId, orgId), eq(appKeys.agentUrn, agentUrn)));
    },

    async deleteAgent(orgId: string, urn: string): Promise<void> {
      await db.delete(agents).where(and(eq(agents.orgId, orgId), eq(agents.urn, urn)));
    },
  };
}
