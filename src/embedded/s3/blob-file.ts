import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { checksumAlgorithms, checksumTypes } from './checksums.js';
import { isMissing } from './durable.js';

/*
 * One file holds an object or a part whole: its bytes, then what is known of them as JSON, then the length of
 * that JSON (4 bytes, big-endian) and a mark. So bytes and metadata appear in one rename, and a reader that has
 * the file open keeps both, whatever replaces it.
 */
const mark = Buffer.from('S3B1');
const footerBytes = 4 + mark.length;
// Metadata is at most some 10 KB; nearly always one read from the end has all of it.
const tailBytes = 4096;

const blobMeta = z.object({
  sizeBytes: z.number().int().min(0),
  /** Without quotes. */
  etag: z.string(),
  /** Milliseconds since 1970, whole seconds, as HTTP shows it. */
  lastModified: z.number().int(),
  /** `content-type`, `cache-control`, …, `x-amz-meta-*`: as they are given back. */
  headers: z.record(z.string(), z.string()),
  checksum: z
    .object({ algorithm: z.enum(checksumAlgorithms), value: z.string(), type: z.enum(checksumTypes) })
    .optional(),
  /** The multipart upload that made it: a repeated Complete is recognized by it. */
  uploadId: z.string().optional(),
});
export type BlobMeta = Readonly<z.infer<typeof blobMeta>>;
export type BlobDescription = Omit<BlobMeta, 'sizeBytes' | 'lastModified'>;

export interface OpenBlob {
  readonly meta: BlobMeta;
  /** The bytes from `start` to `end`, both included; closes the file when it ends or is destroyed. Once only. */
  read(start: number, end: number): Readable;
  /** For who does not read. */
  close(): Promise<void>;
}

/**
 * Streams into a new file of `tmpDir`; resolves once all of it is on disk. `describe` is asked after the last
 * byte and may throw to refuse them. Whatever goes wrong, nothing is left behind.
 */
export async function writeBlob(
  tmpDir: string,
  chunks: AsyncIterable<Buffer>,
  describe: () => BlobDescription,
): Promise<{ path: string; meta: BlobMeta }> {
  const path = join(tmpDir, randomUUID());
  const file = await open(path, 'wx', 0o600);
  try {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      sizeBytes += chunk.length;
    }
    const lastModified = Math.floor(Date.now() / 1000) * 1000;
    const meta: BlobMeta = { ...describe(), sizeBytes, lastModified };
    await file.writeFile(toTail(meta));
    await file.sync();
    await file.close();
    return { path, meta };
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** undefined when there is no such file. */
export async function openBlob(path: string): Promise<OpenBlob | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const meta = await readTail(file);
    return {
      meta,
      read: (start, end) => file.createReadStream({ start, end, highWaterMark: 256 * 1024 }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** undefined when there is no such file. */
export async function readBlobMeta(path: string): Promise<BlobMeta | undefined> {
  const blob = await openBlob(path);
  await blob?.close();
  return blob?.meta;
}

/** All bytes, in order; opened when the first is asked for, closed when the last was taken or nobody wants more. */
export async function* readWhole(
  blob: OpenBlob,
  start = 0,
  end = blob.meta.sizeBytes - 1,
): AsyncGenerator<Buffer> {
  if (end < start) {
    await blob.close();
    return;
  }
  // A read stream of a file without encoding yields Buffers only.
  yield* blob.read(start, end) as AsyncIterable<Buffer>;
}

function toTail(meta: BlobMeta): Buffer {
  const json = Buffer.from(JSON.stringify(meta));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, mark]);
}

async function readTail(file: FileHandle): Promise<BlobMeta> {
  const { size } = await file.stat();
  let tail = await readAt(file, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
  if (tail.length < footerBytes || !tail.subarray(-mark.length).equals(mark))
    throw new Error('a damaged blob file');
  const jsonBytes = tail.readUInt32BE(tail.length - footerBytes);
  const needed = jsonBytes + footerBytes;
  if (needed > size) throw new Error('a damaged blob file');
  if (needed > tail.length) tail = await readAt(file, size - needed, needed);
  const meta = blobMeta.parse(JSON.parse(tail.subarray(-needed, -footerBytes).toString()));
  if (meta.sizeBytes + needed !== size) throw new Error('a damaged blob file');
  return meta;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
