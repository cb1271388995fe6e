import type { Readable } from 'node:stream';

/** `BLOCKED` carries the reason in plain words ("Eicar-Test-Signature", "encrypted archive"). */
export type ScanVerdict =
  { readonly status: 'CLEAN' } | { readonly status: 'BLOCKED'; readonly reason: string };

/** The scanner did not answer, or not in words that are certain. Never a verdict; the scan is run again. */
export class ScannerUnavailableError extends Error {
  override readonly name = 'ScannerUnavailableError';
}

export interface ScanSubject {
  readonly sizeBytes: number;
  /** As verified on completion of the upload. */
  readonly mimeType: string;
}

/**
 * Looks at all bytes of one file. Resolves with a verdict only after the whole stream was taken;
 * a stream that errors is reported as its own error, anything uncertain as `ScannerUnavailableError`.
 */
export interface Scanner {
  scan(bytes: Readable, subject: ScanSubject, signal: AbortSignal): Promise<ScanVerdict>;
  /** Resolves when the scanner answers. For readiness. */
  ping(): Promise<void>;
}
