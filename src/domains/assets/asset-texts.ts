import type { Db, Tx } from '../../core/db.js';
import { cutText } from '../../core/text.js';
import type { Asset } from './asset.js';
import { makeAssetTextStore } from './asset-text.store.js';

/** As much of a file's text as is kept, in UTF-8. */
export const maxTextBytes = 2 ** 20;
/** Postgres takes a megabyte of words and their places; this many bytes of any text make less. */
const maxSearchedBytes = 2 ** 18;

export type AssetTexts = ReturnType<typeof makeAssetTexts>;

/** What is written in assets: kept apart from their rows, found by `selectByText` in their lists. */
export function makeAssetTexts({ db }: { db: Db }) {
  const store = makeAssetTextStore(db);

  return {
    /** In NFC, in place of what was kept before; null or blank: nothing is. Cut to `maxTextBytes`. */
    async put(
      tx: Tx,
      asset: Asset,
      { text, isTextCut }: { text: string | null; isTextCut: boolean },
    ): Promise<void> {
      const rows = makeAssetTextStore(tx.db);
      // Postgres takes no NUL; what is searched for is in NFC.
      const whole = (text ?? '').replaceAll('\0', '').normalize('NFC').trim();
      if (whole === '') return rows.remove([asset.id]);
      const kept = cutText(whole, maxTextBytes);
      const isCut = isTextCut || kept.length < whole.length;
      await rows.put(asset, { text: kept, isCut }, cutText(kept, maxSearchedBytes));
    },

    remove: (tx: Tx, assetId: string) => makeAssetTextStore(tx.db).remove([assetId]),

    /** Of those that have some. A text that was cut says so at its end. */
    async list(orgId: string, assetIds: readonly string[]): Promise<{ assetId: string; text: string }[]> {
      const found = await store.list(orgId, assetIds);
      return found.map(({ assetId, text, isCut }) => ({
        assetId,
        text: isCut ? `${text}\n\n${cutNote}` : text,
      }));
    },
  };
}

const cutNote = '[The text goes on; only its beginning is kept.]';
