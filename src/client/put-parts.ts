import { delay, tiedController } from './abort.js';
import { AskfileError } from './errors.js';
import { PresignUploadParts } from './generated/documents.js';
import type { Execute } from './http.js';
import { makePartSigner } from './part-signer.js';
import { pausable, whenPaused, type PauseSwitch } from './pause.js';
import { put, type UploadProgress } from './put.js';
import { isTransient, retrying, type RetryPolicy } from './retry.js';
import type { MultipartPlan } from './types.js';
import type { UploadSource } from './upload-source.js';

const PARTS_AT_ONCE = 4;
/** More often than the shortest time after which the service gives up an upload that nobody asks parts of. */
const HOLD_EVERY_MS = 20_000;

/**
 * Puts the parts that storage does not have yet, four at once, each as `put` does. While it is paused, it keeps the
 * upload alive. Throws as `put`, and what the service says of an upload that has ended.
 */
export async function putParts(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  { id: uploadId, multipart }: { id: string; multipart: MultipartPlan },
  source: UploadSource,
  options: {
    signal: AbortSignal;
    pause: PauseSwitch | undefined;
    onProgress: (progress: UploadProgress) => void;
  },
): Promise<void> {
  const { pause, onProgress } = options;
  const { partSizeBytes, partCount } = multipart;
  const totalBytes = source.sizeBytes;
  const own = tiedController(options.signal);
  const startOf = (part: number) => (part - 1) * partSizeBytes;
  const endOf = (part: number) => Math.min(startOf(part) + partSizeBytes, totalBytes);

  const done = new Set(multipart.uploadedParts);
  const todo = Array.from({ length: partCount }, (_, index) => index + 1).filter((part) => !done.has(part));
  const sent = new Map([...done].map((part) => [part, endOf(part) - startOf(part)]));
  const signer = makePartSigner(sign, todo, (part) => done.has(part));
  const waiting = [...todo];

  tell();
  const work = Array.from({ length: PARTS_AT_ONCE }, putNext);
  if (pause !== undefined) hold(pause).catch(own.abort);
  try {
    // All of them end before the upload may be let go of.
    const outcomes = await Promise.allSettled(
      work.map((putting) =>
        putting.catch((error: unknown) => {
          own.abort(error);
          throw error;
        }),
      ),
    );
    own.signal.throwIfAborted();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    own.abort(new Error('Every part was put.'));
    own.dispose();
  }

  async function putNext(): Promise<void> {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const number = part;
      await pausable(pause, own.signal, (signal) => putPart(number, signal));
      done.add(number);
    }
  }

  async function putPart(part: number, signal: AbortSignal): Promise<void> {
    const bytes = source.slice?.(startOf(part), endOf(part));
    if (bytes === undefined) {
      throw new AskfileError('BAD_USER_INPUT', 'This file must go in parts, but its source has no slice().', {
        extensions: { field: 'file' },
      });
    }
    await put(bytes, await signer.get(part), {
      policy,
      signal,
      renew: () => signer.renew(part),
      onProgress: ({ sentBytes }) => {
        sent.set(part, sentBytes);
        tell();
      },
    });
  }

  async function sign(partNumbers: readonly number[]) {
    const { signal } = own;
    const signed = await retrying(
      () => execute(PresignUploadParts, { uploadId, partNumbers: [...partNumbers] }, { signal }),
      { policy, signal },
    );
    return signed.presignUploadParts;
  }

  /** Nobody asks for parts in a pause, and an upload that nobody asks parts of ends. */
  async function hold(held: PauseSwitch): Promise<void> {
    while (!own.signal.aborted) {
      await whenPaused(held, true, own.signal);
      const next = todo.find((part) => !done.has(part));
      if (next === undefined) return;
      await signer.renew(next).catch((error: unknown) => {
        if (!isTransient(error)) throw error;
      });
      await delay(HOLD_EVERY_MS, own.signal);
    }
  }

  function tell(): void {
    const sentBytes = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    onProgress({ sentBytes, totalBytes });
  }
}
