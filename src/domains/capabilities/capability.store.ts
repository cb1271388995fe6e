import { and, eq, inArray } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Capability } from './capability.js';
import { capabilities } from './capability.table.js';
import type { RequestedLimits } from './upload-limits.js';

export function makeCapabilityStore(db: Db) {
  const ofAgent = (orgId: string, agentUrn: string) =>
    and(eq(capabilities.orgId, orgId), eq(capabilities.agentUrn, agentUrn));

  return {
    async listByUrns(orgId: string, agentUrns: readonly string[]): Promise<Capability[]> {
      const rows = await db
        .select()
        .from(capabilities)
        .where(and(eq(capabilities.orgId, orgId), inArray(capabilities.agentUrn, [...agentUrns])));
      return rows.map(toCapability);
    },

    /** FOR SHARE: nobody changes it before this transaction ends, and a change under way is waited for. */
    async findShared(orgId: string, agentUrn: string): Promise<Capability | undefined> {
      const [row] = await db.select().from(capabilities).where(ofAgent(orgId, agentUrn)).for('share');
      return row && toCapability(row);
    },

    /** The row, made when it was missing, for this transaction alone until its end. */
    async lock(orgId: string, agentUrn: string): Promise<Capability> {
      await db.insert(capabilities).values({ orgId, agentUrn }).onConflictDoNothing();
      const [row] = await db.select().from(capabilities).where(ofAgent(orgId, agentUrn)).for('update');
      if (row === undefined) throw new Error('a capability was neither inserted nor found');
      return toCapability(row);
    },

    async setTools(orgId: string, agentUrn: string, agentTools: readonly string[]): Promise<void> {
      await db
        .update(capabilities)
        .set({ agentTools: [...agentTools] })
        .where(ofAgent(orgId, agentUrn));
    },

    async delete(orgId: string, agentUrn: string): Promise<void> {
      await db.delete(capabilities).where(ofAgent(orgId, agentUrn));
    },

    /** undefined keeps a limit as it is, null clears it. */
    async setLimits(orgId: string, agentUrn: string, limits: RequestedLimits): Promise<void> {
      const { allowedMimeTypes, ...numbers } = limits;
      await db
        .update(capabilities)
        .set({ ...numbers, allowedMimeTypes: allowedMimeTypes && [...allowedMimeTypes] })
        .where(ofAgent(orgId, agentUrn));
    },
  };
}

function toCapability(row: typeof capabilities.$inferSelect): Capability {
  const { orgId, agentUrn, agentTools, ...limits } = row;
  return { orgId, agentUrn, agentTools, limits };
}
