import { and, eq, inArray, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { assetTexts } from './asset-text.table.js';

export interface AssetText {
  readonly assetId: string;
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * The condition that the text of the asset with this id has all words of the search, as people write searches:
 * "in quotes", -without, or. Words are matched whole, whatever their case and language.
 */
export function matchesText(assetId: SQLWrapper, search: string): SQL {
  return sql`exists (select from ${assetTexts} where ${assetTexts.assetId} = ${assetId}
    and ${assetTexts.words} @@ websearch_to_tsquery('simple', ${search}))`;
}

export function makeAssetTextStore(db: Db) {
  return {
    /** In place of the one it had. `searched` is as much of it as is found by a search. */
    async put(orgId: string, { assetId, text, isCut }: AssetText, searched: string): Promise<void> {
      const content = { text, isCut, words: sql`to_tsvector('simple', ${searched})` };
      await db
        .insert(assetTexts)
        .values({ assetId, orgId, ...content })
        .onConflictDoUpdate({ target: assetTexts.assetId, set: content });
    },

    async remove(assetId: string): Promise<void> {
      await db.delete(assetTexts).where(eq(assetTexts.assetId, assetId));
    },

    async list(orgId: string, assetIds: readonly string[]): Promise<AssetText[]> {
      return db
        .select({ assetId: assetTexts.assetId, text: assetTexts.text, isCut: assetTexts.isCut })
        .from(assetTexts)
        .where(and(eq(assetTexts.orgId, orgId), inArray(assetTexts.assetId, [...assetIds])));
    },
  };
}
