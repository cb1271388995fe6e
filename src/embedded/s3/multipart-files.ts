import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openBlob, readBlobMeta, readWhole, writeBlob } from './blob-file.js';
import type { BlobDescription, BlobMeta } from './blob-file.js';
import { checksumAlgorithms, checksumTypes } from './checksums.js';
import { syncFolder } from '../durable-file.js';
import { isMissing, makeDirectory, moveInto, readJson, writeJson } from './durable.js';
import { S3Error } from './errors.js';
import { makeLocks } from './lock.js';

const uploadRecord = z.object({
  key: z.string(),
  initiated: z.number().int(),
  headers: z.record(z.string(), z.string()),
  checksum: z.object({ algorithm: z.enum(checksumAlgorithms), type: z.enum(checksumTypes) }).optional(),
});
export type UploadRecord = Readonly<z.infer<typeof uploadRecord>>;

export interface StoredPart {
  readonly partNumber: number;
  readonly meta: BlobMeta;
}

export interface MultipartFiles {
  /** Resolves with the id once the upload is there for good. */
  create(record: UploadRecord): Promise<string>;
  /** undefined for no such upload, and for one of another key. */
  find(uploadId: string, key: string): Promise<UploadRecord | undefined>;
  list(): Promise<{ uploadId: string; record: UploadRecord }[]>;
  /** Replaces a part of the same number. Throws NoSuchUpload when the upload ended meanwhile. */
  putPart(input: {
    uploadId: string;
    partNumber: number;
    chunks: AsyncIterable<Buffer>;
    describe: () => BlobDescription;
  }): Promise<BlobMeta>;
  /** In ascending order. */
  listParts(uploadId: string): Promise<StoredPart[]>;
  /** The bytes of these parts, one after the other. */
  read(uploadId: string, partNumbers: readonly number[]): AsyncIterable<Buffer>;
  /** While `work` runs no part changes and nobody else ends the upload. */
  exclusively<T>(uploadId: string, work: () => Promise<T>): Promise<T>;
  /** Gone in one step, parts and all; idempotent. Inside `exclusively`. */
  remove(uploadId: string): Promise<void>;
}

const recordName = 'upload.json';

/** Multipart uploads of one bucket: a folder each. An upload exists when its record does. */
export async function openMultipartFiles(dir: string, tmpDir: string): Promise<MultipartFiles> {
  await makeDirectory(dir);
  const locks = makeLocks();
  const folderOf = (uploadId: string) => join(dir, uploadId);
  const partPath = (uploadId: string, partNumber: number) =>
    join(folderOf(uploadId), String(partNumber).padStart(5, '0'));

  async function read(uploadId: string): Promise<UploadRecord | undefined> {
    if (!/^[0-9a-f]{32}$/.test(uploadId)) return undefined;
    const stored = await readJson(join(folderOf(uploadId), recordName));
    return stored === undefined ? undefined : uploadRecord.parse(stored);
  }

  async function remove(uploadId: string): Promise<void> {
    const trash = join(tmpDir, uploadId);
    try {
      await rename(folderOf(uploadId), trash);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await syncFolder(dir);
    await rm(trash, { recursive: true, force: true });
  }

  // A crash between the folder and its record leaves an upload that nobody was told of.
  for (const uploadId of await readdir(dir)) {
    if (!(await read(uploadId))) await remove(uploadId);
  }

  return {
    async create(record) {
      const uploadId = randomBytes(16).toString('hex');
      await mkdir(folderOf(uploadId), { mode: 0o700 });
      await writeJson(tmpDir, join(folderOf(uploadId), recordName), record);
      await syncFolder(dir);
      return uploadId;
    },

    async find(uploadId, key) {
      const record = await read(uploadId);
      return record?.key === key ? record : undefined;
    },

    async list() {
      const found: { uploadId: string; record: UploadRecord }[] = [];
      for (const uploadId of await readdir(dir)) {
        const record = await read(uploadId);
        if (record) found.push({ uploadId, record });
      }
      return found;
    },

    async putPart({ uploadId, partNumber, chunks, describe }) {
      const written = await writeBlob(tmpDir, chunks, describe);
      await locks.run(uploadId, async () => {
        try {
          await moveInto(written.path, partPath(uploadId, partNumber));
        } catch (error) {
          throw isMissing(error) ? new S3Error('NoSuchUpload') : error;
        }
      });
      return written.meta;
    },

    async listParts(uploadId) {
      const parts: StoredPart[] = [];
      for (const name of await readdir(folderOf(uploadId)).catch(noneIfMissing)) {
        const meta = /^\d{5}$/.test(name) ? await readBlobMeta(join(folderOf(uploadId), name)) : undefined;
        if (meta) parts.push({ partNumber: Number(name), meta });
      }
      return parts.sort((a, b) => a.partNumber - b.partNumber);
    },

    async *read(uploadId, partNumbers) {
      for (const partNumber of partNumbers) {
        const part = await openBlob(partPath(uploadId, partNumber));
        if (!part) throw new S3Error('InvalidPart');
        yield* readWhole(part);
      }
    },

    exclusively: (uploadId, work) => locks.run(uploadId, work),
    remove,
  };
}

function noneIfMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
