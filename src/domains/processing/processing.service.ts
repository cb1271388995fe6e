import type { Db, Transact, Tx } from '../../core/db.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { Viewer } from '../../core/viewer.js';
import type { AssetAccess } from '../assets/asset-access.js';
import type { AssetTexts } from '../assets/asset-texts.js';
import type { Asset } from '../assets/asset.js';
import type { ObjectStore } from '../storage/object-store.js';
import { findProcessingKind, noProcessing, type AssetProcessing } from './processing.js';
import { makeProcessingStore, type ReprocessFilter } from './processing.store.js';

export type Processing = ReturnType<typeof makeProcessing>;

export interface ProcessingDeps {
  db: Db;
  transact: Transact;
  objects: ObjectStore;
  queue: Queue;
  access: AssetAccess;
  texts: AssetTexts;
  log: Log;
  /** Where it is off, nothing is looked into from now on. */
  isOn: boolean;
}

const reprocessedAtOnce = 100;

/** What is found out about assets besides their bytes: sizes, durations, text and thumbnails. */
export function makeProcessing(deps: ProcessingDeps) {
  const { db, transact, objects, queue, access, texts, log, isOn } = deps;
  const store = makeProcessingStore(db);
  const findKind = (mimeType: string) => (isOn ? findProcessingKind(mimeType) : undefined);

  /**
   * In the transaction that found its bytes CLEAN, also when they are new bytes of an asset that was processed before:
   * what was found out about those is forgotten. Nothing happens for types that are not processed.
   */
  async function begin(tx: Tx, asset: Pick<Asset, 'id' | 'orgId' | 'mimeType'>): Promise<void> {
    const rows = makeProcessingStore(tx.db);
    const kind = findKind(asset.mimeType);
    const thumbnailKey = kind === undefined ? await rows.remove(asset.id) : await rows.begin(asset, kind);
    await texts.remove(tx, asset.id);
    if (thumbnailKey !== null) await queue.enqueue(tx, 'discard-object', { key: thumbnailKey });
    if (kind !== undefined) await queue.enqueue(tx, 'process-asset', { assetId: asset.id });
  }

  /** Which of them the viewer may read, and has unlocked, each with what `load` has for it. */
  async function readable<T extends { assetId: string }>(
    viewer: Viewer,
    assets: readonly Asset[],
    load: (ids: readonly string[]) => Promise<readonly T[]>,
  ): Promise<(T | undefined)[]> {
    const granted = await access.listPermissions(viewer, assets);
    const isOpen = ({ sealed }: Asset, index: number) =>
      sealed === null && granted[index]?.has('ASSETS_READ') === true;
    const ids = assets.filter(isOpen).map(({ id }) => id);
    const found = new Map((await load(ids)).map((row) => [row.assetId, row]));
    return assets.map(({ id }) => found.get(id));
  }

  return {
    begin,

    /**
     * For a loader, in the order of the assets as the viewer was shown them: NONE for what was never processed, is
     * locked, or is not the viewer's to read.
     */
    async listOf(viewer: Viewer, assets: readonly Asset[]): Promise<AssetProcessing[]> {
      const found = await readable(viewer, assets, (ids) => store.list(viewer.orgId, ids));
      return assets.map(({ id }, index) => found[index] ?? noProcessing(id));
    },

    /** The same for what is written in them: null where there is no text. */
    async listTexts(viewer: Viewer, assets: readonly Asset[]): Promise<(string | null)[]> {
      const found = await readable(viewer, assets, (ids) => texts.list(viewer.orgId, ids));
      return found.map((row) => row?.text ?? null);
    },

    /** Where the asset's thumbnail is; undefined when it has none. */
    findThumbnailKey: async (assetId: string): Promise<string | undefined> =>
      (await store.findThumbnailKey(assetId)) ?? undefined,

    /** Whether a thumbnail that is shown lives at this key. */
    existsAt: (key: string) => store.hasThumbnailAt(key),

    /** For reconciling: in the order of the keys' bytes, those after `afterKey`. */
    listThumbnails: (afterKey: string, limit: number) => store.listThumbnails(afterKey, limit),

    /** Storage has lost it. */
    forgetThumbnail: (key: string) => store.forgetThumbnail(key),

    /** Of an asset that is being purged, so that none can come after it. Idempotent. */
    async deleteThumbnail(assetId: string): Promise<void> {
      const key = await store.findThumbnailKey(assetId);
      if (key !== null) await objects.delete(key);
    },

    /**
     * Processes them again, but for those that wait already. What is known of files that are not of a kind that is
     * looked into stays. Returns how many. Throws, with nothing changed, where processing is off.
     */
    async reprocess(filter: ReprocessFilter): Promise<number> {
      if (!isOn) {
        throw new Error(
          'PROCESSING is false: nothing would be looked into again. Set it to true, here and for the workers, first.',
        );
      }
      let begun = 0;
      for (let afterId = ''; ;) {
        const page = await transact(async (tx) => {
          const found = await makeProcessingStore(tx.db).lockProcessable(filter, afterId, reprocessedAtOnce);
          const again = found.filter(({ mimeType }) => findKind(mimeType) !== undefined);
          for (const asset of again) await begin(tx, asset);
          return { lastId: found.at(-1)?.id, begun: again.length };
        });
        if (page.lastId === undefined) break;
        begun += page.begun;
        afterId = page.lastId;
      }
      log.info({ begun }, 'assets are processed again');
      return begun;
    },

    /** How many of each kind wait or run, for whoever watches. */
    countPending: () => store.countPending(),
  };
}
