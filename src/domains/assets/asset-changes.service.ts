import type { Db, Transact, Tx } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import type { Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Folders } from '../spaces/folder.service.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import type { Names } from '../vault/sealed-names.js';
import type { AssetAccess } from './asset-access.js';
import type { Assets } from './asset.service.js';
import type { AssetEvents } from './asset-events.js';
import type { Asset } from './asset.js';
import { makeAssetStore, type AssetChange } from './asset.store.js';
import { normalizeDescription } from './description.js';
import { normalizeFilename } from './filename.js';
import { openAsset, resealAsset } from './sealed-asset.js';
import { makeTrashStore } from './trash.store.js';

export type AssetChanges = ReturnType<typeof makeAssetChanges>;

export interface AssetChangesDeps {
  db: Db;
  transact: Transact;
  access: AssetAccess;
  assets: Assets;
  ciphers: MemoryCiphers;
  events: AssetEvents;
  audit: Audit;
  folders: Folders;
  /** Whether the name goes with what the file was verified to be. */
  mayBeCalled: (filename: string, verified: Asset) => boolean;
}

/**
 * What may be changed of a file without its bytes, in spaces by role and in memories by whose they are. All throw
 * NOT_FOUND, also when it is in the trash, PERMISSION_DENIED, and for names MEMORY_LOCKED; what changes nothing is no
 * event. The order of locks is: memory, folder, asset, feed.
 */
export function makeAssetChanges(deps: AssetChangesDeps) {
  const { db, transact, access, assets, ciphers, events, audit, folders, mayBeCalled } = deps;
  const store = makeAssetStore(db);

  /** As far as it can be told before it is locked. */
  async function getChangeable(viewer: Viewer, id: string): Promise<Asset> {
    const asset = isId(id) ? await store.findById(id) : undefined;
    if (asset === undefined) throw notFound('The asset');
    await access.assertMay(viewer, asset, 'ASSETS_UPDATE');
    if (asset.deletedAt !== null) throw notFound('The asset');
    return asset;
  }

  /** `toChange` says what of the locked asset becomes another; undefined when nothing does. */
  async function change(
    tx: Tx,
    viewer: Viewer,
    action: string,
    { id }: Asset,
    toChange: (asset: Asset) => AssetChange | undefined,
  ): Promise<Asset> {
    const [asset] = await makeTrashStore(tx.db).lock(viewer.orgId, [id]);
    if (asset === undefined || asset.deletedAt !== null) throw notFound('The asset');
    const wanted = toChange(asset);
    if (wanted === undefined) return asset;
    const changed = await makeAssetStore(tx.db).change(id, wanted);
    await events.record(tx, 'UPDATED', [changed]);
    await audit.record(tx, viewer, action, id, toDetails(asset, changed));
    return changed;
  }

  /** Sealed where the memory is encrypted. `assertFits` sees the asset as it is while it is locked. */
  async function changeNames(
    viewer: Viewer,
    action: string,
    id: string,
    names: Partial<Names>,
    assertFits: (locked: Asset) => void = () => undefined,
  ): Promise<Asset> {
    const asset = await getChangeable(viewer, id);
    const changed = await ciphers.withCipher(viewer, asset.memoryId, (cipher) =>
      transact(async (tx) => {
        await ciphers.hold(tx, asset.memoryId, cipher);
        return change(tx, viewer, action, asset, (locked) => {
          assertFits(locked);
          const { filename, description } = openAsset(cipher, locked);
          const wanted = { filename, description, ...names };
          if (wanted.filename === filename && wanted.description === description) return undefined;
          return resealAsset(cipher, locked, names);
        });
      }),
    );
    return assets.showOne(viewer, changed);
  }

  return {
    /**
     * Throws BAD_USER_INPUT (`filename`) when nothing of the name is left, or when its extension does not go with the
     * type that the file was verified to be.
     */
    async renameAsset(viewer: Viewer, id: string, filename: string): Promise<Asset> {
      const value = normalizeFilename(filename, 'filename');
      return changeNames(viewer, 'renameAsset', id, { filename: value }, (locked) => {
        if (mayBeCalled(value, locked)) return;
        const message = `The file is ${locked.mimeType}, and the name says that it is something else.`;
        throw badInput('filename', message);
      });
    },

    /** null takes it away. Throws BAD_USER_INPUT (`description`). */
    async describeAsset(viewer: Viewer, id: string, description: string | null): Promise<Asset> {
      const value = normalizeDescription(description, 'description');
      return changeNames(viewer, 'describeAsset', id, { description: value });
    },

    /**
     * Into another folder of the same space; null: into its root. Throws NOT_FOUND when the space has no such folder,
     * and BAD_USER_INPUT (`folderId`) for a file in a memory, which has no folders.
     */
    async moveAsset(viewer: Viewer, id: string, folderId: string | null): Promise<Asset> {
      const asset = await getChangeable(viewer, id);
      const { spaceId } = asset;
      if (folderId !== null && spaceId === null) {
        throw badInput('folderId', 'The file is in a memory, which has no folders.');
      }
      const moved = await transact(async (tx) => {
        if (folderId !== null && spaceId !== null) {
          if (!(await folders.lockForChild(tx, spaceId, folderId))) throw notFound('The folder');
        }
        return change(tx, viewer, 'moveAsset', asset, (locked) =>
          locked.folderId === folderId ? undefined : { folderId },
        );
      });
      return assets.showOne(viewer, moved);
    },
  };
}

/** Where it is; neither names nor descriptions. */
function toDetails(before: Asset, after: Asset): Record<string, unknown> {
  const { spaceId, userId, agentUrn } = after;
  if (spaceId === null) return { userId, agentUrn };
  if (before.folderId === after.folderId) return { spaceId };
  return { spaceId, fromFolderId: before.folderId, toFolderId: after.folderId };
}
