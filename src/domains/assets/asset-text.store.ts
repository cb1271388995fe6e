import { and, eq, inArray, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset } from './asset.js';
import { assetTexts } from './asset-text.table.js';

export interface AssetText {
  readonly assetId: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** Whose texts are searched. */
export interface Containers {
  readonly kind: 'space' | 'memory';
  readonly ids: readonly string[];
}

const containerColumns = { space: assetTexts.spaceId, memory: assetTexts.memoryId };

/**
 * The ids of assets in these spaces or memories in whose text all of the words are, whole, in any case and language:
 * found by their index. Signs between words say nothing; where there are no words, nothing is found.
 */
export function selectByText(within: Containers, words: readonly string[]): SQL {
  return sql`select ${assetTexts.assetId} from ${assetTexts} where ${hasWords(within, words)}`;
}

/** The same as a condition on one: the planner looks at its text, or finds all of them first when they are fewer. */
export function matchesText(assetId: SQLWrapper, within: Containers, words: readonly string[]): SQL {
  return sql`exists (select from ${assetTexts}
    where ${assetTexts.assetId} = ${assetId} and ${hasWords(within, words)})`;
}

function hasWords({ kind, ids }: Containers, words: readonly string[]): SQL {
  return sql`${containerColumns[kind]} = any(${sql.param(ids)}::text[])
    and ${assetTexts.words} @@ plainto_tsquery('simple', ${words.join(' ')})`;
}

export function makeAssetTextStore(db: Db) {
  return {
    /** In place of the one it had. `searched` is as much of it as is found by a search. */
    async put(
      { id: assetId, orgId, spaceId, memoryId }: Pick<Asset, 'id' | 'orgId' | 'spaceId' | 'memoryId'>,
      { text, isCut }: Omit<AssetText, 'assetId'>,
      searched: string,
    ): Promise<void> {
      const content = { text, isCut, words: sql`to_tsvector('simple', ${searched})` };
      await db
        .insert(assetTexts)
        .values({ assetId, orgId, spaceId, memoryId, ...content })
        .onConflictDoUpdate({ target: assetTexts.assetId, set: content });
    },

    async remove(assetIds: readonly string[]): Promise<void> {
      await db.delete(assetTexts).where(inArray(assetTexts.assetId, [...assetIds]));
    },

    async list(orgId: string, assetIds: readonly string[]): Promise<AssetText[]> {
      return db
        .select({ assetId: assetTexts.assetId, text: assetTexts.text, isCut: assetTexts.isCut })
        .from(assetTexts)
        .where(and(eq(assetTexts.orgId, orgId), inArray(assetTexts.assetId, [...assetIds])));
    },
  };
}
