import type { Log } from '../core/log.js';
import type { Accounts } from '../domains/accounts/account.service.js';
import type { Assets } from '../domains/assets/asset.service.js';
import type { Processing } from '../domains/processing/processing.service.js';
import {
  listKeys,
  parseAssetKey,
  parseOrgId,
  parseThumbnailKey,
  stagingPrefix,
  toStem,
} from '../domains/storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../domains/storage/object-store.js';
import type { Uploads } from '../domains/uploads/upload.service.js';
import type { VerifiedFiles } from '../domains/uploads/verified-files.js';

export const findingKinds = ['ORPHAN', 'LEFTOVER', 'FOREIGN', 'MISSING', 'FOUND'] as const;

/**
 * What differs between bucket and database. ORPHAN: an object that no asset has. LEFTOVER: an object in staging that
 * no open upload waits for. FOREIGN: an object of no organization that this database knows, so that it may well be
 * another installation's: it is left alone whatever is asked for. MISSING: an asset without its object. FOUND: one that was missing and has it again.
 */
export interface Finding {
  readonly kind: (typeof findingKinds)[number];
  readonly key: string;
}

export interface ReconcileOptions {
  /** Deletes ORPHANs and LEFTOVERs, and marks MISSING and FOUND; otherwise nothing is changed. */
  readonly apply: boolean;
  /** Younger objects are on their way; see `minAgeSeconds`. */
  readonly olderThanSeconds?: number;
}

/**
 * No URL for a whole file lives that long: what is older and known to nobody will never be. An upload or a completion
 * that may run longer, as those of large files, has an open row for all of its time.
 */
export const minAgeSeconds = 7200;

const rowsAtOnce = 1000;

/** What the database says is stored: an asset's bytes, or its thumbnail. */
interface Row {
  readonly key: string;
  /** It was found missing before. */
  readonly isGone: boolean;
  exists(): Promise<boolean>;
  note(areGone: boolean): Promise<void>;
}

/**
 * Compares storage and rows both ways, as a merge of two streams in the order of their keys: any number of either,
 * a page of each in memory. The two are not read at the same moment, so every difference is looked at again by itself
 * before it counts.
 */
export function makeReconcile({
  objects,
  accounts,
  assets,
  processing,
  uploads,
  verifiedFiles,
  log,
}: {
  objects: ObjectStore;
  accounts: Accounts;
  assets: Assets;
  processing: Processing;
  uploads: Uploads;
  verifiedFiles: VerifiedFiles;
  log: Log;
}) {
  async function* listAssets(): AsyncGenerator<Row, void> {
    for (let after = ''; ;) {
      const page = await assets.listStored(after, rowsAtOnce);
      for (const { id, storageKey, bytesGoneAt } of page) {
        const note = (areGone: boolean) => assets.noteBytes({ id, storageKey }, { areGone });
        yield {
          key: storageKey,
          isGone: bytesGoneAt !== null,
          exists: () => assets.existsAt(storageKey),
          note,
        };
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.storageKey;
    }
  }

  /** One that is gone is forgotten: its asset is as one that never had any. */
  async function* listThumbnails(): AsyncGenerator<Row, void> {
    for (let after = ''; ;) {
      const page = await processing.listThumbnails(after, rowsAtOnce);
      for (const { key } of page) {
        const note = () => processing.forgetThumbnail(key);
        yield { key, isGone: false, exists: () => processing.existsAt(key), note };
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.key;
    }
  }

  /** Whether nobody knows this object, and nobody will. */
  async function isUnknown({ key, lastModified }: ListedObject, olderThanSeconds: number): Promise<boolean> {
    if (lastModified.getTime() > Date.now() - olderThanSeconds * 1000) return false;
    if (key.startsWith(stagingPrefix)) return !(await uploads.isAwaited(key));
    if (parseThumbnailKey(key) !== undefined) return !(await processing.existsAt(key));
    const id = parseAssetKey(key);
    // In this order: a copy is verified, kept for a prompt or a scan and then an asset's, never the other way.
    if (id !== undefined && (await uploads.isCompleting(id))) return false;
    if (await verifiedFiles.existsAt(key)) return false;
    if (await assets.existsAt(key)) return false;
    // By the id as well: what is deleted here is deleted for good. Other bytes may have taken the place of these.
    const asset = id === undefined ? undefined : await assets.findById(id);
    return asset === undefined || parseAssetKey(asset.storageKey) !== id;
  }

  /** Of what is unknown. Organizations are never deleted: with another database's settings, nothing here is ours. */
  async function drop({ key }: ListedObject, { apply }: ReconcileOptions): Promise<Finding> {
    const orgId = parseOrgId(key);
    if (orgId === undefined || !(await accounts.hasOrganization(orgId))) return { kind: 'FOREIGN', key };
    if (apply) await objects.delete(key);
    return { kind: key.startsWith(stagingPrefix) ? 'LEFTOVER' : 'ORPHAN', key };
  }

  /** Looks for what the row says is stored, by itself. */
  async function* look({ key, isGone, exists, note }: Row, apply: boolean): AsyncGenerator<Finding> {
    const [stored] = await listKeys(objects, key);
    const isThere = stored !== undefined && (await objects.head(stored)) !== undefined;
    if (isThere ? !isGone : !(await exists())) return;
    if (apply) await note(!isThere);
    yield { kind: isThere ? 'FOUND' : 'MISSING', key };
  }

  /** Each difference as it is found. Throws STORAGE_UNAVAILABLE; running it again goes on from what is left. */
  async function* reconcile(options: ReconcileOptions): AsyncGenerator<Finding, void, undefined> {
    const { apply, olderThanSeconds = minAgeSeconds } = options;
    const rows = mergeByKey(listAssets(), listThumbnails());
    let row = await rows.next();
    for await (const object of objects.list('')) {
      for (; !row.done && isPassed(row.value.key, object.key); row = await rows.next()) {
        yield* look(row.value, apply);
      }
      if (!row.done && isKeyOf(row.value.key, object.key)) {
        const { isGone, note } = row.value;
        row = await rows.next();
        if (!isGone) continue;
        if (apply) await note(false);
        yield { kind: 'FOUND', key: object.key };
      } else if (await isUnknown(object, olderThanSeconds)) {
        yield drop(object, options);
      }
    }
    for (; !row.done; row = await rows.next()) {
      yield* look(row.value, apply);
    }
  }

  return {
    reconcile,

    /** For the sweep: whatever the jobs of ended uploads have left in staging. */
    async clearStaging(): Promise<void> {
      let deleted = 0;
      for await (const object of objects.list(stagingPrefix)) {
        if (!(await isUnknown(object, minAgeSeconds))) continue;
        const { kind } = await drop(object, { apply: true });
        if (kind === 'LEFTOVER') deleted += 1;
      }
      if (deleted > 0) log.info({ deleted }, 'leftovers in staging were deleted');
    },
  };
}

/** A row whose whole key is sealed has the stem of it. */
function isKeyOf(keyOrStem: string, key: string): boolean {
  return keyOrStem === key || keyOrStem === toStem(key);
}

/**
 * Whether what comes now is past where this row's would have been. A thumbnail comes between a stem and the key that it
 * stands for: such a row is looked for by itself.
 */
function isPassed(keyOrStem: string, key: string): boolean {
  return isBefore(keyOrStem, key) && !isKeyOf(keyOrStem, key);
}

/** Both in the order of their keys, as one. */
async function* mergeByKey(
  a: AsyncGenerator<Row, void>,
  b: AsyncGenerator<Row, void>,
): AsyncGenerator<Row, void> {
  let [left, right] = [await a.next(), await b.next()];
  while (!left.done || !right.done) {
    if (right.done || (!left.done && isBefore(left.value.key, right.value.key))) {
      // Not done: one of the two is not, and it is not the other.
      if (!left.done) yield left.value;
      left = await a.next();
    } else {
      yield right.value;
      right = await b.next();
    }
  }
}

/** In the order of UTF-8 bytes, which both streams have. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
