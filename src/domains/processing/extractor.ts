import type { Readable } from 'node:stream';
import type { ProcessingKind } from './processing.js';

export interface ExtractionSubject {
  readonly kind: ProcessingKind;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

/** What a file gave away of itself; null where it has none of the kind. */
export interface Extract {
  readonly text: string | null;
  /** Whether there was more text than is kept. */
  readonly isTextCut: boolean;
  /** In pixels, as it is shown. */
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  /** WebP, at most 512 pixels a side, without any metadata. */
  readonly thumbnail: Buffer | null;
  /** What kept the rest from being found, in plain words; not there when nothing did. */
  readonly missing?: string;
}

/**
 * FAILED: the file cannot be read, with the reason in plain words; asking again gives the same. CRASHED: whoever read
 * it died, took too long or said too much; another try may end otherwise.
 */
export type Extraction =
  | { readonly status: 'DONE'; readonly extract: Extract }
  | { readonly status: 'FAILED' | 'CRASHED'; readonly reason: string };

/** Reads files of which nobody knows what they do to their reader: apart from this process, and within limits. */
export interface Extractor {
  /**
   * Takes the whole stream, and destroys it in any case. Throws the stream's own error, the signal's reason, or the
   * system's (a full disk); none of them says anything about the file.
   */
  extract(bytes: Readable, subject: ExtractionSubject, signal: AbortSignal): Promise<Extraction>;
}
