import type { Log } from '../../core/log.js';
import type { Asset } from '../assets/asset.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { ProcessingKind } from './processing.js';
import { TranscriberUnavailableError, type Transcriber } from './transcriber.js';

export interface Transcript {
  /** What was known before, followed by what is said. */
  readonly text: string | null;
  /** What kept it from being written down; null when nothing did. */
  readonly error: string | null;
}

export type Transcribe = ReturnType<typeof makeTranscribe>;

/** Adds what is said in recordings, where there is a transcriber: null is none. */
export function makeTranscribe({
  objects,
  transcriber,
  log,
}: {
  objects: ObjectStore;
  transcriber: Transcriber | null;
  log: Log;
}) {
  /** Never fails for the transcriber's sake: what else was found out is worth keeping. */
  return async function transcribe(
    asset: Asset,
    kind: ProcessingKind,
    before: string | null,
    signal: AbortSignal,
  ): Promise<Transcript> {
    if (transcriber === null || kind !== 'AUDIO') return { text: before, error: null };
    const { id, mimeType, sizeBytes, storageKey, etag } = asset;
    if (sizeBytes > transcriber.maxSizeBytes) {
      return { text: before, error: 'The recording is too large to be transcribed.' };
    }
    // The key's extension is of the verified type; the name may say anything.
    const filename = storageKey.split('/').at(-1) ?? id;
    const bytes = await objects.read(storageKey, { etag });
    try {
      const said = await transcriber.transcribe(bytes, { filename, mimeType, sizeBytes }, signal);
      if (said === undefined) return { text: before, error: 'The recording could not be transcribed.' };
      return { text: [before, said].filter(Boolean).join('\n\n'), error: null };
    } catch (error) {
      if (!(error instanceof TranscriberUnavailableError)) throw error;
      log.warn({ error, assetId: id }, 'a recording was not transcribed');
      return {
        text: before,
        error: 'The recording could not be transcribed: the transcriber did not answer.',
      };
    }
  };
}
