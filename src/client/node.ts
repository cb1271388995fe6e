import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { AskfileError } from './errors.js';
import { toMimeType } from './mime-type.js';
import { openBytes, type ByteStream } from './node/byte-stream.js';
import { rangeOf, readRange } from './node/ranges.js';
import { sendStream } from './node/send-stream.js';
import type { UploadSource } from './upload-source.js';

/**
 * `askfile/client/node`: files for `portal.answer` in Node, streamed and never whole in memory.
 */

/**
 * A file of the file system. Its size counts as of now: an upload fails (UPLOAD_FAILED) when it changes before.
 * Rejects with Node's own error when it is not there, with `AskfileError` BAD_USER_INPUT when it is no file.
 */
export async function fileFromPath(
  path: string,
  {
    filename = basename(path),
    mimeType = toMimeType(filename),
  }: { filename?: string; mimeType?: string } = {},
): Promise<UploadSource> {
  const stats = await stat(path);
  if (!stats.isFile()) {
    throw new AskfileError('BAD_USER_INPUT', `${path} is not a file.`, { extensions: { field: 'file' } });
  }
  const sizeBytes = stats.size;
  const openRange = (start: number, end: number) => Readable.from(readRange(path, { sizeBytes, start, end }));
  return fileFromStream(() => createReadStream(path), { filename, mimeType, sizeBytes, openRange });
}

/**
 * Bytes from anywhere. `open` gives a stream of Node or of the web, or a promise of one; it is called once for each
 * attempt and must start from the beginning; the stream is destroyed when the attempt ends. It has to give exactly
 * `sizeBytes`, or the upload fails.
 * Large files go in parts: `openRange` gives the bytes from `start` up to, not including, `end`. Without it, `open` is
 * called for each part, and what comes before the part is read for nothing.
 */
export function fileFromStream(
  open: () => ByteStream | Promise<ByteStream>,
  {
    filename,
    sizeBytes,
    mimeType = toMimeType(filename),
    openRange = async (start, end) => rangeOf(await openBytes(open), start, end),
  }: {
    filename: string;
    sizeBytes: number;
    mimeType?: string;
    openRange?: (start: number, end: number) => ByteStream | Promise<ByteStream>;
  },
): UploadSource {
  return {
    filename,
    mimeType,
    sizeBytes,
    send: async (request, options) =>
      sendStream(await openBytes(open, options.signal), sizeBytes, request, options),
    slice: (start, end) =>
      fileFromStream(() => openRange(start, end), {
        filename,
        mimeType,
        sizeBytes: end - start,
        openRange: (from, to) => openRange(start + from, start + to),
      }),
  };
}

export type { ByteStream } from './node/byte-stream.js';
export type { SendOptions, UploadSource } from './upload-source.js';
