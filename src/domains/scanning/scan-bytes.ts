import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { archiveHeadBytes, findArchiveKind } from './archive-kind.js';
import type { ArchiveLimits } from './archive-limits.js';
import { peek, type Bytes } from './byte-source.js';
import { inspectArchive } from './inspect-archive.js';
import { ScannerUnavailableError, type Scanner, type ScanSubject, type ScanVerdict } from './scanner.js';
import { makeSpool, type Spool } from './spool.js';

/** Other bytes came than the subject has: more, or fewer. Nothing is known about the file. */
export class WrongSizeError extends Error {
  override readonly name = 'WrongSizeError';
}

export interface ScanResult {
  /** Hex, of all bytes. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly verdict: ScanVerdict;
}

export interface ScanDeps {
  readonly scanner: Scanner;
  readonly archiveLimits: ArchiveLimits;
  /** Where archives are spooled while they are scanned, each up to `archiveLimits.maxMemberBytes`. */
  readonly tmpDir: string;
}

export type ScanBytes = ReturnType<typeof makeScan>;

export function makeScan({ scanner, archiveLimits, tmpDir }: ScanDeps) {
  /**
   * Reads the stream once, to its end: hashes it, feeds the scanner, and looks into archives itself, because
   * scanners pass over members that are encrypted or larger than their limits. The worse verdict wins.
   *
   * Throws `ScannerUnavailableError`, `WrongSizeError`, the stream's own error, the signal's reason, or the system's
   * (a full disk); none of them is a verdict. The stream has ended or is destroyed in any case, and nothing of it
   * is left on disk.
   */
  return async function scanBytes(
    bytes: Readable,
    subject: ScanSubject,
    signal: AbortSignal,
  ): Promise<ScanResult> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    let ended = false;
    let spool: Spool | undefined;
    let refused: ScanVerdict | undefined;

    async function* measured(): AsyncGenerator<Buffer, void> {
      // A stream of bytes gives Buffers; only its type does not say so.
      for await (const chunk of bytes as Bytes) {
        sizeBytes += chunk.length;
        if (sizeBytes > subject.sizeBytes) throw new WrongSizeError('More bytes came than the file has.');
        hash.update(chunk);
        yield chunk;
      }
      if (sizeBytes < subject.sizeBytes) throw new WrongSizeError('Fewer bytes came than the file has.');
      ended = true;
    }

    async function* spooled(): AsyncGenerator<Buffer, void> {
      const { head, all } = await peek(measured(), archiveHeadBytes);
      const kind = findArchiveKind(head);
      if (kind !== undefined && subject.sizeBytes > archiveLimits.maxMemberBytes) {
        refused = { status: 'BLOCKED', reason: 'archive too large to be scanned' };
      } else if (kind !== undefined) {
        spool = await makeSpool(tmpDir);
      }
      for await (const chunk of all) {
        await spool?.write(chunk);
        yield chunk;
      }
    }

    const source = Readable.from(spooled(), { objectMode: false });
    // Either may fail while nobody reads it; whoever reads it next is told.
    for (const stream of [bytes, source]) stream.on('error', () => undefined);
    const onAbort = () => bytes.destroy(signal.reason as Error); // By convention an Error.
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      let verdict = await scanner.scan(source, subject, signal);
      if (!ended) throw new ScannerUnavailableError('The scanner answered before it had all bytes.');
      if (verdict.status === 'CLEAN' && refused !== undefined) verdict = refused;
      if (verdict.status === 'CLEAN' && spool !== undefined) {
        verdict = await inspectArchive(spool, { limits: archiveLimits, tmpDir, signal });
      }
      return { sha256: hash.digest('hex'), sizeBytes, verdict };
    } finally {
      signal.removeEventListener('abort', onAbort);
      bytes.destroy();
      source.destroy();
      // Only then is the spool written no more, nor made.
      await finished(source).catch(() => undefined);
      await spool?.close();
    }
  };
}
