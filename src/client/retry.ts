import { delay } from './abort.js';
import { AskfileError } from './errors.js';

export interface RetryOptions {
  /** The first pause, about; each further one is twice as long. Default 250. */
  readonly minDelayMs?: number;
  /** No pause is longer, unless the service asks for it. Default 10,000. */
  readonly maxDelayMs?: number;
  /**
   * How long a single call is tried for, the last time for 15 s at most; waiting for a prompt goes by the prompt's own
   * time. Default 60.
   */
  readonly giveUpAfterSeconds?: number;
}

export interface RetryPolicy {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly giveUpAfterMs: number;
}

export function toRetryPolicy(options: RetryOptions = {}): RetryPolicy {
  return {
    minDelayMs: options.minDelayMs ?? 250,
    maxDelayMs: options.maxDelayMs ?? 10_000,
    giveUpAfterMs: (options.giveUpAfterSeconds ?? 60) * 1000,
  };
}

const transientCodes: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'STORAGE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNREACHABLE',
]);

/** A restart looks like this a few times; a bug of the service would for ever, and not say when to try again. */
const INTERNAL_ERROR_ATTEMPTS = 4;

/** Whether the same request may well succeed a little later. */
export function isTransient(error: unknown): boolean {
  return error instanceof AskfileError && transientCodes.has(error.code);
}

/** The pause after `failures` failures before this one: jittered, so that many clients don't return as one. */
export function pauseMs(policy: RetryPolicy, failures: number, error?: unknown): number {
  const whole = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** Math.min(failures, 30));
  const jittered = whole / 2 + (Math.random() * whole) / 2;
  return Math.max(jittered, retryAfterMs(error));
}

/**
 * Runs `work` until it succeeds, fails for good, or the next pause would end past `giveUpAfterMs`; then throws
 * its last error. `work` must be safe to repeat. Rejects with the signal's reason when that is aborted in a pause.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  options: {
    policy: RetryPolicy;
    giveUpAfterMs?: number;
    signal?: AbortSignal | undefined;
    isRetryable?: (error: unknown) => boolean;
  },
): Promise<T> {
  const { policy, giveUpAfterMs = policy.giveUpAfterMs, signal, isRetryable = isTransient } = options;
  const giveUpAt = performance.now() + giveUpAfterMs;
  let internalErrors = 0;
  for (let failures = 0; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (isUnexplained(error)) internalErrors += 1;
      const pause = pauseMs(policy, failures, error);
      const isLast = internalErrors >= INTERNAL_ERROR_ATTEMPTS || performance.now() + pause > giveUpAt;
      if (isLast || !isRetryable(error)) throw error;
      await delay(pause, signal);
    }
  }
}

function isUnexplained(error: unknown): boolean {
  return error instanceof AskfileError && error.code === 'INTERNAL_SERVER_ERROR' && retryAfterMs(error) === 0;
}

/** How long is tried for to undo what was begun, by whoever gives up. */
export const UNDO_WITHIN_MS = 5_000;

/** Undoes what was begun as well as possible: also through a short outage, but no longer than that. Never rejects. */
export async function undo(
  work: () => Promise<unknown>,
  { policy, signal }: { policy: RetryPolicy; signal: AbortSignal },
): Promise<void> {
  await retrying(work, { policy, giveUpAfterMs: UNDO_WITHIN_MS, signal }).catch(() => undefined);
}

function retryAfterMs(error: unknown): number {
  const seconds = error instanceof AskfileError ? error.extensions['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0;
}
