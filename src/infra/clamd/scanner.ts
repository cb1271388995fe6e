import type { Readable } from 'node:stream';
import { ScannerUnavailableError, type Scanner, type ScanVerdict } from '../../domains/scanning/scanner.js';
import { toVerdict } from './answer.js';
import { openConversation, type ClamdAddress } from './conversation.js';
import { makeSemaphore } from '../../core/semaphore.js';

export interface ClamdOptions extends ClamdAddress {
  readonly connectTimeoutMs: number;
  /**
   * How long clamd may neither read nor answer; it says nothing while it scans. Keep it below clamd's `MaxScanTime`
   * (120 s unless set): after that, clamd may say OK without having looked at the rest.
   */
  readonly idleTimeoutMs: number;
  /** Of a whole scan, from the connection on. */
  readonly totalTimeoutMs: number;
  /** Scans at a time; at most clamd's `MaxThreads`. Others wait with their stream open. */
  readonly concurrency: number;
}

/** INSTREAM's own limit for one piece is clamd's `StreamMaxLength`; small ones let clamd answer soon. */
const maxPieceBytes = 64 * 1024;

/**
 * clamd over TCP or a Unix socket, by INSTREAM. Anything but an exact verdict on a whole stream is
 * `ScannerUnavailableError`: a cut, a reset, silence, a text that we do not know, `ERROR`.
 *
 * Run it with `AlertExceedsMax yes` and `AlertEncrypted yes`, and limits no narrower than the archive limits: else
 * it says OK to what it has not looked at.
 */
export function makeClamdScanner(options: ClamdOptions): Scanner {
  const limited = makeSemaphore(options.concurrency);

  async function scan(bytes: Readable, signal: AbortSignal): Promise<ScanVerdict> {
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => stop.abort(new ScannerUnavailableError('The scan took too long')),
      options.totalTimeoutMs,
    );
    stop.signal.addEventListener('abort', () => bytes.destroy(stop.signal.reason as Error), { once: true });
    try {
      if (signal.aborted) onAbort();
      return await instream(bytes, stop.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async function instream(bytes: Readable, signal: AbortSignal): Promise<ScanVerdict> {
    const conversation = await openConversation({ ...options, address: options, signal });
    try {
      await conversation.send(Buffer.from('zINSTREAM\0'));
      // A stream of bytes gives Buffers; only its type does not say so.
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        for (let start = 0; start < chunk.length && !conversation.isOver(); start += maxPieceBytes) {
          await conversation.send(withLength(chunk.subarray(start, start + maxPieceBytes)));
        }
        // Once clamd has answered, the rest is taken and not sent: the caller counts on a stream read to its end.
      }
      if (!conversation.isOver()) await conversation.send(Buffer.alloc(4), { last: true });
      return toVerdict(await conversation.answer());
    } finally {
      conversation.destroy();
    }
  }

  return {
    async scan(bytes, _subject, signal) {
      // It may fail while it waits; whoever reads it next is told.
      bytes.on('error', () => undefined);
      try {
        return await limited(() => scan(bytes, signal), signal);
      } finally {
        bytes.destroy();
      }
    },

    async ping() {
      const { connectTimeoutMs } = options;
      const { signal } = new AbortController();
      // It answers at once, however busy it is with files.
      const conversation = await openConversation({
        address: options,
        connectTimeoutMs,
        idleTimeoutMs: connectTimeoutMs,
        signal,
      });
      try {
        await conversation.send(Buffer.from('zPING\0'), { last: true });
        const { text } = await conversation.answer();
        if (text !== 'PONG\0') throw new ScannerUnavailableError('clamd did not answer the ping');
      } finally {
        conversation.destroy();
      }
    },
  };
}

function withLength(piece: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return Buffer.concat([length, piece]);
}
