import type { Db, Transact, Tx } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import type { Queue } from '../../core/queue.js';
import type { Viewer } from '../../core/viewer.js';
import type { ShowNames } from '../vault/show-names.js';
import type { AssetAccess } from './asset-access.js';
import { parseAssetUrn } from './asset-urn.js';
import type { AssetEvents } from './asset-events.js';
import { ownerIdOf, type Asset } from './asset.js';
import { makeAssetStore, type NewAsset } from './asset.store.js';
import { sumStored } from './stored-sums.store.js';

export type Assets = ReturnType<typeof makeAssets>;

export interface AssetsDeps {
  db: Db;
  transact: Transact;
  access: AssetAccess;
  events: AssetEvents;
  queue: Queue;
  showNames: ShowNames;
  /** In the transaction of the verdict: its bytes are known to be safe from then on. */
  onClean: (tx: Tx, asset: Asset) => Promise<void>;
}

/** What is stored. Who may see it is asked here, for every edge alike. */
export function makeAssets(deps: AssetsDeps) {
  const { db, transact, access, events, queue, showNames, onClean } = deps;
  const store = makeAssetStore(db);

  /**
   * In their order, as a viewer may see them who may read them: of what is in an encrypted memory that is not unlocked
   * for them, neither names nor hash.
   */
  async function show(viewer: Viewer, assets: readonly Asset[]): Promise<Asset[]> {
    const shown = await showNames(viewer, assets);
    return shown.map((asset) => (asset.sealed === null ? asset : { ...asset, sha256: null }));
  }

  async function showOne(viewer: Viewer, asset: Asset): Promise<Asset> {
    return (await show(viewer, [asset]))[0] ?? asset;
  }

  return {
    async create(tx: Tx, asset: NewAsset): Promise<Asset> {
      const created = await makeAssetStore(tx.db).insert(asset);
      await events.record(tx, 'CREATED', [created]);
      return created;
    },

    show,
    showOne,

    /** For work of our own, which acts for nobody. */
    findById: (id: string) => store.findById(id),

    /** For callers that have checked already whose it is; throws NOT_FOUND. */
    async getById(id: string): Promise<Asset> {
      const asset = await store.findById(id);
      if (asset === undefined || asset.purgingAt !== null) throw notFound('The asset');
      return asset;
    },

    /**
     * By id or by URN (BAD_USER_INPUT unless exactly one is given), in the trash too; undefined when the viewer has
     * no such asset.
     */
    async find(
      viewer: Viewer,
      by: { id?: string | undefined; urn?: string | undefined },
    ): Promise<Asset | undefined> {
      if ((by.id === undefined) === (by.urn === undefined)) throw badInput('id', 'Give either id or urn.');
      const parsed = by.urn === undefined ? undefined : parseAssetUrn(by.urn);
      const id = by.id ?? parsed?.id;
      if (id === undefined || !isId(id)) return undefined;
      const asset = await store.findById(id);
      if (asset === undefined || asset.purgingAt !== null || !(await access.canRead(viewer, asset)))
        return undefined;
      if (parsed !== undefined && ownerIdOf(parsed) !== ownerIdOf(asset)) return undefined;
      return showOne(viewer, asset);
    },

    /** For a loader: those of them that the viewer may read, as they may see them, in any order. */
    async listReadable(viewer: Viewer, ids: readonly string[]): Promise<Asset[]> {
      const found = await store.listByIds(viewer.orgId, ids);
      const granted = await access.listPermissions(viewer, found);
      return show(
        viewer,
        found.filter((_, index) => granted[index]?.has('ASSETS_READ')),
      );
    },

    /** Those of the organization, in any order. */
    listByIds: (orgId: string, ids: readonly string[]) => store.listByIds(orgId, ids),

    /** For a loader: the same as the viewer may see them. Whoever follows a reference to them may read them. */
    async listShown(viewer: Viewer, ids: readonly string[]): Promise<Asset[]> {
      return show(viewer, await store.listByIds(viewer.orgId, ids));
    },

    /** Whether an asset's bytes live at this key. */
    existsAt: (storageKey: string) => store.existsAt(storageKey),

    /** For reconciling: in the order of the keys' bytes, those after `afterKey`. */
    listStored: (afterKey: string, limit: number) => store.listStored(afterKey, limit),

    /** To check the counters by: what each space holds, and the memories together. What holds nothing is missing. */
    sumStored: (tx: Tx, orgId: string) => sumStored(tx.db, orgId),

    /** Bytes were found missing, or are back: what was not scanned for their lack is scanned now. */
    noteBytes: (bytes: Pick<Asset, 'id' | 'storageKey'>, { areGone }: { areGone: boolean }): Promise<void> =>
      transact(async (tx) => {
        const noted = await makeAssetStore(tx.db).noteBytes(bytes, areGone);
        if (!areGone && noted?.scanStatus === 'PENDING')
          await queue.enqueue(tx, 'scan-asset', { assetId: noted.id });
      }),

    /** Once and for good: false when a verdict was there already. */
    recordVerdict: (
      id: string,
      verdict: { scanStatus: 'CLEAN' | 'BLOCKED'; scanReason: string | null; sha256: string },
    ): Promise<boolean> =>
      transact(async (tx) => {
        const changed = await makeAssetStore(tx.db).recordVerdict(id, verdict);
        if (changed === undefined) return false;
        if (verdict.scanStatus === 'CLEAN') await onClean(tx, changed);
        await events.record(tx, 'UPDATED', [changed]);
        return true;
      }),
  };
}
