import { toAssetStem, listKeys } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import { openNames, sealNames } from '../vault/sealed-names.js';
import { ownerIdOf, type Asset } from './asset.js';
import type { NewAsset } from './asset.store.js';

/** As it is stored in a memory: sealed where there is a cipher, as it is otherwise. */
export function sealAsset(cipher: MemoryCipher | null, asset: NewAsset): NewAsset {
  if (cipher === null) return asset;
  const { id, orgId, storageKey } = asset;
  const row = { kind: 'asset', id } as const;
  return {
    ...asset,
    filename: id,
    description: null,
    storageKey: toAssetStem(orgId, ownerIdOf(asset), id),
    sealed: { ...sealNames(cipher, row, asset), storageKey: cipher.seal(row, 'storageKey', storageKey) },
  };
}

/** With its names, and with the key of its bytes. Throws `SealBrokenError`. */
export function openAsset(cipher: MemoryCipher | null, asset: Asset): Asset {
  const { sealed } = asset;
  if (cipher === null || sealed === null) return asset;
  const { row, keyVersion } = sealed;
  const storageKey =
    sealed.storageKey === null
      ? asset.storageKey
      : cipher.open(row, 'storageKey', keyVersion, sealed.storageKey);
  return { ...asset, ...openNames(cipher, sealed), storageKey, sealed: null };
}

/**
 * Where its bytes are, or should be, for work of our own, which has no password: a sealed key is found by its stem.
 * undefined when storage has none such.
 */
export async function locateBytes(
  objects: ObjectStore,
  { storageKey, sealed }: Pick<Asset, 'storageKey' | 'sealed'>,
): Promise<string | undefined> {
  if (sealed === null || sealed.storageKey === null) return storageKey;
  const [key] = await listKeys(objects, storageKey);
  return key;
}
