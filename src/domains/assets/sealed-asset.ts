import { listKeys, toAssetStem } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import { openNames, sealNames, type Names } from '../vault/sealed-names.js';
import { ownerIdOf, type Asset } from './asset.js';

/** What of an asset is another in an encrypted memory. */
export type SealedPart = Pick<Asset, 'filename' | 'description' | 'storageKey' | 'sealed'>;

type Sealable = SealedPart & Pick<Asset, 'id' | 'orgId' | 'memoryId' | 'spaceId'>;

/** As it is stored in a memory: sealed where there is a cipher, as it is otherwise. */
export function sealAsset<T extends Sealable>(cipher: MemoryCipher | null, asset: T): T {
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
export function openAsset<T extends Sealable>(cipher: MemoryCipher | null, asset: T): T {
  const { sealed } = asset;
  if (cipher === null || sealed === null) return asset;
  const { row, keyVersion } = sealed;
  const storageKey =
    sealed.storageKey === null
      ? asset.storageKey
      : cipher.open(row, 'storageKey', keyVersion, sealed.storageKey);
  return { ...asset, ...openNames(cipher, sealed), storageKey, sealed: null };
}

/** The same sealed anew, with the newest key, and with other names where they are given. Throws `SealBrokenError`. */
export function resealAsset(
  cipher: MemoryCipher | null,
  asset: Sealable,
  names: Partial<Names> = {},
): SealedPart {
  const renamed = { ...openAsset(cipher, asset), ...names };
  const { filename, description, storageKey, sealed } = sealAsset(cipher, renamed);
  return { filename, description, storageKey, sealed };
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
