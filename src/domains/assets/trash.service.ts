import { forEachAnyway } from '../../core/each.js';
import type { Db, Transact, Tx } from '../../core/db.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { Viewer } from '../../core/viewer.js';
import { serviceActor } from '../accounts/audit.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Quotas } from '../quotas/quota.service.js';
import type { ObjectStore } from '../storage/object-store.js';
import { toShown, type AssetAccess, type Granted, type Owned } from './asset-access.js';
import { assertGranted } from '../spaces/space-access.js';
import type { Assets } from './asset.service.js';
import type { AssetEvents } from './asset-events.js';
import type { Asset } from './asset.js';
import type { AssetUploads } from './asset-uploads.js';
import { makeAssetStore } from './asset.store.js';
import { locateBytes } from './sealed-asset.js';
import { makeTrashStore } from './trash.store.js';

export type Trash = ReturnType<typeof makeTrash>;

export interface TrashDeps {
  db: Db;
  transact: Transact;
  objects: ObjectStore;
  queue: Queue;
  quotas: Quotas;
  audit: Audit;
  access: AssetAccess;
  events: AssetEvents;
  assets: Assets;
  log: Log;
  /** Deletes what was made of its bytes, such as a thumbnail. Idempotent. */
  deleteDerived: (assetId: string) => Promise<void>;
  /** Resolved on use: of a later domain. */
  assetUploads: () => AssetUploads;
  /** How long what was deleted can be restored. */
  trashHours: number;
}

const maxDeleted = 100;
/** How long the job leaves it to whoever purges. */
const purgeRetrySeconds = 30;

/**
 * `live ⇄ DELETED → PURGING → gone`. PURGING is never left: bytes are deleted only after it was committed, so what
 * was restored is never swept. The order of locks is: upload, asset, feed, quota.
 */
export function makeTrash(deps: TrashDeps) {
  const { db, transact, objects, queue, quotas, audit, access, events, assets, log } = deps;
  const { deleteDerived, assetUploads, trashHours } = deps;
  const store = makeAssetStore(db);
  const trash = makeTrashStore(db);

  /**
   * Idempotent: deletes the bytes, then the row with all that tells how they came, and gives back what it took of the
   * quota.
   */
  async function finishPurge(assetId: string): Promise<void> {
    const asset = await store.findById(assetId);
    if (asset === undefined || asset.purgingAt === null) return;
    await deleteDerived(assetId);
    await assetUploads().deleteReplaced(asset);
    const key = await locateBytes(objects, asset);
    if (key !== undefined) await objects.delete(key);
    await transact(async (tx) => {
      await assetUploads().forget(tx, assetId);
      const gone = await makeTrashStore(tx.db).endPurge(assetId);
      if (gone === undefined) return;
      await events.record(tx, 'PURGED', [gone]);
      await quotas.free(tx, gone);
    });
  }

  /** Whoever purges finishes it; the job finishes what a crash or an outage left. */
  function beginPurge(orgId: string, id: string, onBegun: (tx: Tx, asset: Asset) => Promise<void>) {
    return transact(async (tx) => {
      const rows = makeTrashStore(tx.db);
      const [asset] = await rows.lock(orgId, [id]);
      if (asset === undefined || !(await rows.beginPurge(id))) return;
      await onBegun(tx, asset);
      // Everything leaves by way of the trash.
      if (asset.deletedAt === null) await quotas.trash(tx, asset.orgId, asset.sizeBytes);
      await queue.enqueue(tx, 'purge-asset', { assetId: id }, { delaySeconds: purgeRetrySeconds });
    });
  }

  /** What the viewer may do with it. Throws NOT_FOUND to whoever may neither read nor delete it, PERMISSION_DENIED. */
  async function grantedToDelete(viewer: Viewer, asset: Owned): Promise<Granted> {
    const granted = await access.permissionsOn(viewer, asset);
    assertMayDelete(granted);
    return granted;
  }

  /** The same for several, by id, before they are locked: which space or memory they are in never changes. */
  async function grantedToDeleteAll(viewer: Viewer, ids: readonly string[]): Promise<Map<string, Granted>> {
    const found = await store.listByIds(viewer.orgId, ids);
    const granted = await access.listPermissions(viewer, found);
    if (found.length < ids.length) throw notFound('The asset');
    granted.forEach(assertMayDelete);
    return new Map(found.map(({ id }, index) => [id, granted[index] ?? new Set()]));
  }

  /** What cannot be restored any more, to whoever could have; NOT_FOUND to everybody else. */
  async function refuseRestore(viewer: Viewer, id: string): Promise<never> {
    const purged = isId(id) ? await trash.findPurged(id) : undefined;
    if (purged === undefined) throw notFound('The asset');
    await grantedToDelete(viewer, purged);
    throw bytesGone();
  }

  return {
    /**
     * All of them or none: NOT_FOUND or PERMISSION_DENIED when one is not the viewer's to delete. What was deleted before stays as it is.
     * In the order asked; 1 to 100 (BAD_USER_INPUT).
     */
    async deleteAssets(viewer: Viewer, ids: readonly string[]): Promise<Asset[]> {
      const wanted = [...new Set(ids)];
      if (wanted.length < 1 || wanted.length > maxDeleted) {
        throw badInput('ids', `Delete 1 to ${maxDeleted} at a time.`);
      }
      if (!wanted.every(isId)) throw notFound('The asset');
      const granted = await grantedToDeleteAll(viewer, wanted);
      const shown = (asset: Asset) => toShown(grantedOf(granted, asset), asset);
      const all = await transact(async (tx) => {
        const rows = makeTrashStore(tx.db);
        const found = await rows.lock(viewer.orgId, wanted);
        if (found.length < wanted.length) throw notFound('The asset');
        const deleted = await rows.delete(wanted, trashHours);
        await events.record(tx, 'DELETED', deleted);
        await audit.recordAll(tx, viewer, 'deleteAssets', deleted.map(toAct));
        await quotas.trash(tx, viewer.orgId, sumOfSizes(deleted));
        const byId = new Map([...found, ...deleted].map((asset) => [asset.id, shown(asset)]));
        return wanted.flatMap((id) => byId.get(id) ?? []);
      });
      return assets.show(viewer, all);
    },

    /**
     * Takes it back out of the trash; what is not deleted stays as it is. Throws NOT_FOUND, and ASSET_BYTES_GONE once
     * the time is over, or where storage has lost the bytes.
     */
    async restoreAsset(viewer: Viewer, id: string): Promise<Asset> {
      const asset = isId(id) ? await store.findById(id) : undefined;
      if (asset === undefined) return refuseRestore(viewer, id);
      const granted = await grantedToDelete(viewer, asset);
      const shown = (asset: Asset) => assets.showOne(viewer, toShown(granted, asset));
      if (asset.deletedAt === null) return shown(asset);
      if (asset.purgingAt !== null) throw bytesGone();
      const key = await locateBytes(objects, asset);
      if (key === undefined || (await objects.head(key)) === undefined) {
        await store.noteBytes(asset, true);
        throw bytesGone();
      }
      const restored = await transact(async (tx) => {
        const changed = await makeTrashStore(tx.db).restore(id);
        if (changed === undefined) return undefined;
        await events.record(tx, 'RESTORED', [changed]);
        // Its scan may have given up for want of the bytes.
        if (changed.scanStatus === 'PENDING') await queue.enqueue(tx, 'scan-asset', { assetId: id });
        await audit.recordAll(tx, viewer, 'restoreAsset', [toAct(changed)]);
        await quotas.restore(tx, changed.orgId, changed.sizeBytes);
        return changed;
      });
      if (restored !== undefined) return shown(restored);
      const now = await store.findById(id);
      // Another call has restored it in the meantime.
      if (now?.deletedAt === null) return shown(now);
      throw bytesGone();
    },

    /**
     * Now and for good, deleted before or not; returns the id, also when it was purged already. For those who may
     * read it: an admin deletes what is in memories, and it is purged when its time is over. Throws NOT_FOUND,
     * PERMISSION_DENIED.
     */
    async purgeAsset(viewer: Viewer, id: string): Promise<string> {
      const known = isId(id) ? ((await store.findById(id)) ?? (await trash.findPurged(id))) : undefined;
      if (known === undefined) throw notFound('The asset');
      await access.assertMay(viewer, known, 'ASSETS_DELETE');
      await beginPurge(viewer.orgId, id, (tx, asset) =>
        audit.recordAll(tx, viewer, 'purgeAsset', [toAct(asset)]),
      );
      await finishPurge(id).catch((error: unknown) =>
        log.warn({ error, assetId: id }, 'a purge is left to its job'),
      );
      return id;
    },

    finishPurge,

    /** The same for what is erased with more than this: that is on record. Throws STORAGE_UNAVAILABLE. */
    async erase(orgId: string, id: string): Promise<void> {
      await beginPurge(orgId, id, () => Promise.resolve());
      await finishPurge(id);
    },

    /** For the sweep: begins to purge what can no longer be restored. Returns how many it looked at. */
    async purgeDue(limit: number): Promise<number> {
      const due = await trash.listDue(limit);
      await forEachAnyway(due, (assetId) =>
        transact(async (tx) => {
          const asset = await makeTrashStore(tx.db).beginPurgeOfDue(assetId);
          if (asset === undefined) return;
          await audit.recordAll(tx, { orgId: asset.orgId, ...serviceActor }, 'purgeAsset', [toAct(asset)]);
          await queue.enqueue(tx, 'purge-asset', { assetId });
        }),
      );
      return due.length;
    },
  };
}

function assertMayDelete(granted: Granted): void {
  if (granted.has('ASSETS_DELETE')) return;
  if (!granted.has('ASSETS_READ')) throw notFound('The asset');
  assertGranted(granted, 'ASSETS_DELETE');
}

/** Of an asset that was asked about. */
function grantedOf(granted: ReadonlyMap<string, Granted>, { id }: Asset): Granted {
  return granted.get(id) ?? new Set();
}

/** As it is put on record: whose it was, never what it was called. */
function toAct({ id, sizeBytes, userId, agentUrn, spaceId }: Asset) {
  const place = spaceId === null ? { userId, agentUrn } : { spaceId };
  return { subject: id, details: { sizeBytes, ...place } };
}

function sumOfSizes(assets: readonly Asset[]): number {
  return assets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function bytesGone(): AppError {
  return new AppError('ASSET_BYTES_GONE', 'The file is gone for good and cannot be restored.');
}
