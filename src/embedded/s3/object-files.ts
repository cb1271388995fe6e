import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openBlob, readBlobMeta, writeBlob } from './blob-file.js';
import type { BlobDescription, BlobMeta, OpenBlob } from './blob-file.js';
import { syncFolder } from '../durable-file.js';
import { isMissing, makeDirectory, moveInto } from './durable.js';
import { makeKeyIndex } from './key-index.js';
import type { KeyIndex } from './key-index.js';
import { keyOfPath, toKeyBytes, toPath } from './key-names.js';
import type { KeyBytes } from './key-names.js';
import { makeLocks } from './lock.js';

/** Sees the object that is there just before it is replaced or deleted; throws to leave it. */
export type Guard = (current: BlobMeta | undefined) => void;

export interface ObjectFiles {
  readonly index: Pick<KeyIndex, 'seek' | 'at'>;
  /** The object as it is now, and stays for who has it open. undefined when there is none. */
  open(key: string): Promise<OpenBlob | undefined>;
  head(key: string): Promise<BlobMeta | undefined>;
  headBytes(key: KeyBytes): Promise<BlobMeta | undefined>;
  /**
   * Resolves once the object is there for good; until the last moment the old one is. Two at once for one key
   * leave one of them, whole. When `chunks`, `describe` or `guard` throw, nothing changed.
   */
  put(input: {
    key: string;
    chunks: AsyncIterable<Buffer>;
    describe: () => BlobDescription;
    guard?: Guard;
  }): Promise<BlobMeta>;
  /** Idempotent. */
  delete(key: string, guard?: Guard): Promise<void>;
}

/** The objects of one bucket, in files below `dir`. Reads all names once; `tmpDir` is on the same disk. */
export async function openObjectFiles(dir: string, tmpDir: string): Promise<ObjectFiles> {
  await makeDirectory(dir);
  const index = makeKeyIndex(await loadKeys(dir));
  const locks = makeLocks();
  const pathOf = (key: KeyBytes) => join(dir, toPath(key));

  return {
    index,
    open: (key) => openBlob(pathOf(toKeyBytes(key))),
    head: (key) => readBlobMeta(pathOf(toKeyBytes(key))),
    headBytes: (key) => readBlobMeta(pathOf(key)),

    async put({ key, chunks, describe, guard }) {
      const bytes = toKeyBytes(key);
      const path = pathOf(bytes);
      const written = await writeBlob(tmpDir, chunks, describe);
      await locks.run(bytes, async () => {
        try {
          if (guard) guard(await readBlobMeta(path));
          await makeDirectory(dirname(path));
        } catch (error) {
          await rm(written.path, { force: true });
          throw error;
        }
        await moveInto(written.path, path, () => index.add(bytes));
      });
      return written.meta;
    },

    async delete(key, guard) {
      const bytes = toKeyBytes(key);
      const path = pathOf(bytes);
      await locks.run(bytes, async () => {
        if (guard) guard(await readBlobMeta(path));
        try {
          await rm(path);
        } catch (error) {
          if (!isMissing(error)) throw error;
          return;
        }
        index.remove(bytes);
        await syncFolder(dirname(path));
      });
    },
  };
}

/** Folders of long keys that have become empty are removed on the way: only now does nobody write into them. */
async function loadKeys(dir: string, folders: readonly string[] = []): Promise<KeyBytes[]> {
  const keys: KeyBytes[] = [];
  for (const entry of await readdir(join(dir, ...folders), { withFileTypes: true })) {
    if (entry.isDirectory()) {
      const inside = [...folders, entry.name];
      const found = await loadKeys(dir, inside);
      if (found.length === 0) await rmdir(join(dir, ...inside)).catch(() => undefined);
      for (const key of found) keys.push(key);
    } else {
      const key = keyOfPath(folders, entry.name);
      if (key !== undefined) keys.push(key);
    }
  }
  return keys;
}
