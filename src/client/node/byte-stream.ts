import { Readable } from 'node:stream';
import type { ReadableStream as NodeWebStream } from 'node:stream/web';
import { orAborted } from '../abort.js';
import { AskfileError } from '../errors.js';

/** Bytes to be read once, of Node or of the web. Text counts as UTF-8; an encoding may not be set. */
export type ByteStream = Readable | ReadableStream<Uint8Array>;

/**
 * As one of Node, which destroys what it was made of. Throws `AskfileError` BAD_USER_INPUT for what is no stream or has
 * an encoding, what `open` throws, or the signal's reason; what is opened after that is destroyed.
 */
export async function openBytes(
  open: () => ByteStream | Promise<ByteStream>,
  signal?: AbortSignal,
): Promise<Readable> {
  const given: unknown = open();
  // Taken at once where it can be, so that no error of it comes before somebody listens.
  if (!isThenable(given)) return toReadable(given);
  const opening = Promise.resolve(given).then(toReadable);
  try {
    return await orAborted(opening, signal);
  } catch (error) {
    opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    );
    throw error;
  }
}

/** undefined for what is none, such as an object of a stream of objects. */
export function toBytes(chunk: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  // Not by `instanceof`, which knows only those of this realm.
  return ArrayBuffer.isView(chunk)
    ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : undefined;
}

export function notBytes(): AskfileError {
  return refused('The stream gives something else than bytes.');
}

function toReadable(given: unknown): Readable {
  const stream = isOfWeb(given) ? Readable.fromWeb(given) : given;
  if (!isReadable(stream)) throw refused('`open` must give a readable stream, or a promise of one.');
  // Whoever reads it is told; nobody may be listening yet.
  stream.on('error', () => {});
  if (stream.readableEncoding == null) return stream;
  stream.destroy();
  throw refused(`The stream gives text (${stream.readableEncoding}), not bytes: set no encoding.`);
}

function refused(message: string): AskfileError {
  return new AskfileError('BAD_USER_INPUT', message, { extensions: { field: 'file' } });
}

/** Also one of the package readable-stream. */
function isReadable(given: unknown): given is Readable {
  const { read, pipe, on } = Object(given) as Partial<Record<'read' | 'pipe' | 'on', unknown>>; // Read only to be looked at.
  return [read, pipe, on].every((method) => typeof method === 'function');
}

function isThenable(given: unknown): given is PromiseLike<unknown> {
  return typeof (Object(given) as { then?: unknown }).then === 'function'; // Read only to be looked at.
}

function isOfWeb(given: unknown): given is NodeWebStream {
  return typeof (Object(given) as { getReader?: unknown }).getReader === 'function'; // Read only to be looked at.
}
