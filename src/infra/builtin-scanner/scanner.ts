import { AppError } from '../../core/errors.js';
import type { Scanner, ScanSubject } from '../../domains/scanning/scanner.js';
import { makeSignatureSearch } from '../../domains/scanning/test-signatures.js';
import { contentHeadBytes, verifyContent } from '../../domains/uploads/content.js';
import { findExecutable } from './executable.js';

/**
 * A scanner for development, without a server: it knows test signatures, programs by their first bytes, and content
 * that is certainly not of its type. It finds no malware; production refuses it unless told.
 * Keeps the first 64 KiB of a file at most.
 */
export function makeBuiltinScanner(): Scanner {
  return {
    async scan(bytes, subject, signal) {
      const signatures = makeSignatureSearch();
      const headPieces: Buffer[] = [];
      let headBytes = 0;
      let found: string | undefined;
      // A stream of bytes gives Buffers; only its type does not say so.
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        found ??= signatures.push(chunk);
        if (headBytes < contentHeadBytes) {
          const piece = chunk.subarray(0, contentHeadBytes - headBytes);
          headPieces.push(piece);
          headBytes += piece.length;
        }
      }
      signal.throwIfAborted();
      const head = Buffer.concat(headPieces);
      const reason = found ?? findExecutable(head, subject.mimeType) ?? (await findMismatch(head, subject));
      return reason === undefined ? { status: 'CLEAN' } : { status: 'BLOCKED', reason };
    },

    ping: () => Promise.resolve(),
  };
}

/** By the type alone: the name may have been changed since it was verified. */
async function findMismatch(head: Buffer, subject: ScanSubject): Promise<string | undefined> {
  try {
    await verifyContent({
      head,
      sizeBytes: subject.sizeBytes,
      declaredMimeType: subject.mimeType,
      filename: 'file',
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'UPLOAD_MISMATCH') return 'content of another type';
    throw error;
  }
}
