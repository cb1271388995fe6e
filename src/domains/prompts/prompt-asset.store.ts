import { asc, inArray } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { promptAssets } from './prompt-asset.table.js';

export function makePromptAssetStore(db: Db) {
  return {
    /** Written once, in the transaction that makes the prompt UPLOADED. */
    async insert(promptId: string, assetIds: readonly string[]): Promise<void> {
      await db
        .insert(promptAssets)
        .values(assetIds.map((assetId, position) => ({ promptId, position, assetId })));
    },

    /** In the order of each answer. */
    async list(promptIds: readonly string[]): Promise<{ promptId: string; assetId: string }[]> {
      return db
        .select({ promptId: promptAssets.promptId, assetId: promptAssets.assetId })
        .from(promptAssets)
        .where(inArray(promptAssets.promptId, [...promptIds]))
        .orderBy(asc(promptAssets.promptId), asc(promptAssets.position));
    },
  };
}
