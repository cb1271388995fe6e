import { AskfileError } from './errors.js';
import { toMimeType } from './mime-type.js';
import { sendBlobByFetch } from './send-fetch.js';
import { sendBlobByXhr } from './send-xhr.js';
import type { PresignedRequest } from './types.js';

export interface SendOptions {
  /** Bytes that have left so far; from 0 again on a further attempt. */
  readonly onSent: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Bytes that can be put to storage, from the start on each attempt. */
export interface UploadSource {
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /**
   * Makes the request with all bytes, exactly as it is given. Resolves with the HTTP status of the answer, whatever
   * it is; rejects when there is none. An `AskfileError` is final, any other error may be tried again.
   */
  send(request: PresignedRequest, options: SendOptions): Promise<number>;
  /** Its bytes from `start` up to, not including, `end`. Without it, it can't answer with files large enough for parts. */
  slice?(start: number, end: number): UploadSource;
}

/**
 * From a browser's File or Blob, which are sent by XMLHttpRequest where there is one, since that alone tells progress,
 * and by `fetchGiven`, or the global one, elsewhere. They say themselves what they are (a Blob has no name: give one).
 * What is a source already, such as from `askfile/client/node`, stays as it is.
 * Throws `AskfileError` BAD_USER_INPUT when a Blob comes without a name.
 */
export function toUploadSource(
  file: Blob | UploadSource,
  filename: string | undefined,
  fetchGiven: typeof fetch | undefined,
): UploadSource {
  if (!(file instanceof Blob)) return filename === undefined ? file : renamed(file, filename);
  const name = filename ?? (file instanceof File ? file.name : undefined);
  if (name === undefined) {
    throw new AskfileError('BAD_USER_INPUT', 'A Blob has no name: pass { filename } with it.', {
      extensions: { field: 'file.filename' },
    });
  }
  return fromBlob(file, { filename: name, mimeType: file.type || toMimeType(name) }, fetchGiven);
}

function fromBlob(
  blob: Blob,
  names: { filename: string; mimeType: string },
  fetchGiven: typeof fetch | undefined,
): UploadSource {
  const send = typeof XMLHttpRequest === 'undefined' ? sendBlobByFetch : sendBlobByXhr;
  return {
    ...names,
    sizeBytes: blob.size,
    send: (request, options) => send(blob, request, options, fetchGiven),
    slice: (start, end) => fromBlob(blob.slice(start, end), names, fetchGiven),
  };
}

function renamed(source: UploadSource, filename: string): UploadSource {
  const { mimeType, sizeBytes } = source;
  const slice = source.slice?.bind(source);
  return {
    filename,
    mimeType,
    sizeBytes,
    send: (request, options) => source.send(request, options),
    ...(slice && { slice }),
  };
}
