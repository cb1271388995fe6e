import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AskfileError } from '../errors.js';
import { notBytes, toBytes } from './byte-stream.js';

/** A range of a file that still has its size; `end` is not included. */
export async function* readRange(
  path: string,
  { sizeBytes, start, end }: { sizeBytes: number; start: number; end: number },
): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size !== sizeBytes) {
      const message = `It no longer has the ${sizeBytes} bytes that it began with.`;
      throw new AskfileError('UPLOAD_FAILED', message);
    }
    // Without an encoding its chunks are Buffers.
    yield* file.createReadStream({ start, end: end - 1, autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}

/** The same of a stream that can only be read from its beginning; it is destroyed at the end of the range. */
export function rangeOf(stream: Readable, start: number, end: number): Readable {
  const range = Readable.from(readBetween(stream, start, end));
  // Also where it is never read from.
  return range.once('close', () => stream.destroy());
}

async function* readBetween(stream: Readable, start: number, end: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const given of stream as AsyncIterable<unknown>) {
    const chunk = toBytes(given);
    if (chunk === undefined) throw notBytes();
    const from = Math.max(start - position, 0);
    const bytes = chunk.subarray(from, Math.max(end - position, 0));
    position += chunk.length;
    if (bytes.length > 0) yield bytes;
    if (position >= end) return;
  }
}
