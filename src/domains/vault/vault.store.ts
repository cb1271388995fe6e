import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Memory } from '../memories/memory.js';
import { memories } from '../memories/memory.table.js';
import type { Vault, WrappedKey } from './vault.js';
import { vaultKeys, vaults } from './vault.table.js';

/** Whose keys, which agent has them while its person does, and the newest's version. */
export type AgentVaultRef = Pick<Vault, 'memoryId' | 'orgId' | 'wrapId'> &
  Pick<Memory, 'agentUrn' | 'keyVersion'>;

/** Found by the id of a memory that the caller knows to be the viewer's. */
export function makeVaultStore(db: Db) {
  async function insertKeys(memoryId: string, keys: readonly WrappedKey[]): Promise<void> {
    await db.insert(vaultKeys).values(keys.map((key) => ({ memoryId, ...key })));
  }

  return {
    async insert({ parameters, keys, ...vault }: Vault): Promise<void> {
      await db.insert(vaults).values({ ...vault, ...parameters });
      await insertKeys(vault.memoryId, keys);
    },

    insertKeys,

    async find(memoryId: string): Promise<Vault | undefined> {
      const rows = await db
        .select()
        .from(vaults)
        .innerJoin(vaultKeys, eq(vaultKeys.memoryId, vaults.memoryId))
        .where(eq(vaults.memoryId, memoryId))
        .orderBy(asc(vaultKeys.version));
      const [first] = rows;
      if (first === undefined) return undefined;
      const { salt, memoryKib, passes, lanes, createdAt: _, ...vault } = first.vaults;
      return {
        ...vault,
        parameters: { salt, memoryKib, passes, lanes },
        keys: rows.map(({ vault_keys: { version, wrappedKey } }) => ({ version, wrappedKey })),
      };
    },

    /** As much of each as finding its unlocked keys takes, and whose agent's memory it is. */
    async listRefs(memoryIds: readonly string[]): Promise<AgentVaultRef[]> {
      return db
        .select({
          memoryId: vaults.memoryId,
          orgId: vaults.orgId,
          wrapId: vaults.wrapId,
          agentUrn: memories.agentUrn,
          keyVersion: memories.keyVersion,
        })
        .from(vaults)
        .innerJoin(memories, eq(memories.id, vaults.memoryId))
        .where(inArray(vaults.memoryId, [...memoryIds]));
    },

    /** Another password; false when that happened meanwhile. */
    async replaceWrap(
      fromWrapId: string,
      { memoryId, wrapId, parameters }: Pick<Vault, 'memoryId' | 'wrapId' | 'parameters'>,
    ): Promise<boolean> {
      const { rowCount } = await db
        .update(vaults)
        .set({ wrapId, ...parameters })
        .where(and(eq(vaults.memoryId, memoryId), eq(vaults.wrapId, fromWrapId)));
      return rowCount === 1;
    },

    /** Once for each time that it was due, and under the password of `wrapId` alone. */
    async beginRotation({ memoryId, wrapId }: Pick<Vault, 'memoryId' | 'wrapId'>): Promise<boolean> {
      const { rowCount } = await db
        .update(vaults)
        .set({ isRotationDue: false })
        .where(and(eq(vaults.memoryId, memoryId), eq(vaults.wrapId, wrapId), eq(vaults.isRotationDue, true)));
      return rowCount === 1;
    },

    /** Of up to `limit` memories that it was not due for. How many there were. */
    async demandRotation(createdBefore: Date, limit: number): Promise<number> {
      const newestKeyAt = sql`(select max(${vaultKeys.createdAt}) from ${vaultKeys} where ${vaultKeys.memoryId} = ${vaults.memoryId})`;
      const due = db
        .select({ memoryId: vaults.memoryId })
        .from(vaults)
        .where(and(eq(vaults.isRotationDue, false), lt(newestKeyAt, createdBefore)))
        .limit(limit);
      const { rowCount } = await db
        .update(vaults)
        .set({ isRotationDue: true })
        .where(inArray(vaults.memoryId, due));
      return rowCount ?? 0;
    },

    async replaceKeys(memoryId: string, keys: readonly WrappedKey[]): Promise<void> {
      await db.delete(vaultKeys).where(eq(vaultKeys.memoryId, memoryId));
      await insertKeys(memoryId, keys);
    },

    async deleteKeysBelow(memoryId: string, version: number): Promise<void> {
      await db.delete(vaultKeys).where(and(eq(vaultKeys.memoryId, memoryId), lt(vaultKeys.version, version)));
    },
  };
}
