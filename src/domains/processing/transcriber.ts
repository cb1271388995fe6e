import type { Readable } from 'node:stream';

/** The transcriber did not answer, or not now. The recording may be sent again. */
export class TranscriberUnavailableError extends Error {
  override readonly name = 'TranscriberUnavailableError';
}

/** Turns recorded speech into text. */
export interface Transcriber {
  /** Recordings that are larger are not sent. */
  readonly maxSizeBytes: number;
  /**
   * The words of the recording; undefined when it was refused. `filename` is made of its id and type, not its own.
   * Throws `TranscriberUnavailableError`, or the stream's own error. Destroys the stream in any case.
   */
  transcribe(
    bytes: Readable,
    recording: { filename: string; mimeType: string; sizeBytes: number },
    signal: AbortSignal,
  ): Promise<string | undefined>;
}
