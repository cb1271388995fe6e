import { delay } from './abort.js';
import { AskfileError } from './errors.js';
import { pauseMs, type RetryPolicy } from './retry.js';
import type { PresignedRequest } from './types.js';
import type { UploadSource } from './upload-source.js';

const ATTEMPTS = 5;

export interface UploadProgress {
  /** Falls back when the upload, or a part of it, has to start over. */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/**
 * Puts the bytes straight to storage. Another attempt at the same URL replaces what the one before left, if anything.
 * Throws `AskfileError` UPLOAD_FAILED when storage refuses, or after five attempts; what the source throws for good;
 * or the signal's reason. Never tells the URL: it is a credential.
 */
export async function put(
  source: UploadSource,
  request: PresignedRequest,
  options: {
    policy: RetryPolicy;
    signal: AbortSignal;
    onProgress: (progress: UploadProgress) => void;
    /** Another request for the same bytes: storage may have refused this one because its time was over. */
    renew?: () => Promise<PresignedRequest>;
  },
): Promise<void> {
  const { policy, signal, onProgress, renew } = options;
  let current = request;
  const totalBytes = source.sizeBytes;
  let told = -1;
  const onSent = (bytes: number) => {
    const sentBytes = Math.min(bytes, totalBytes);
    if (sentBytes !== told) onProgress({ sentBytes, totalBytes });
    told = sentBytes;
  };

  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    const problem = await attempt();
    if (problem === undefined) {
      onSent(totalBytes);
      return;
    }
    if (failures + 1 === ATTEMPTS) throw problem;
    await delay(pauseMs(policy, failures), signal);
    // Also where storage hung up: some do so on a request that they refuse, while bytes are coming.
    if (renew !== undefined) current = await renew();
  }

  /** Resolves with what went wrong when that may pass. */
  async function attempt(): Promise<AskfileError | undefined> {
    let status: number;
    try {
      status = await source.send(current, { onSent, signal });
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof AskfileError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      return new AskfileError('UPLOAD_FAILED', `The bytes did not reach storage: ${reason}`, { cause });
    }
    if (status >= 200 && status < 300) return undefined;
    const error = new AskfileError('UPLOAD_FAILED', refusal(status), { extensions: { status } });
    if (status >= 500 || status === 408 || status === 429) return error;
    if (status === 403 && renew !== undefined) return error;
    throw error;
  }
}

function refusal(status: number): string {
  return status === 403
    ? 'Storage refused the bytes (403): the time to upload is over, or they are not as long as declared.'
    : `Storage did not take the bytes (${status}).`;
}
