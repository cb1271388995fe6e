import type { Tx } from './db.js';

/** Every kind of background work, by name, with what it is told. Handlers are idempotent. */
export interface JobPayloads {
  /** Read an asset's bytes once: SHA-256 and verdict. */
  'scan-asset': { assetId: string };
  /** Read the bytes that are to replace an asset's once: they do when they are clean. */
  'scan-replacement': { uploadId: string };
  /** Look into a CLEAN asset: its size, its length, its text, a thumbnail. */
  'process-asset': { assetId: string };
  /**
   * Delete the object at `key`, which may be its stem, unless an asset lives there by now, or a file that may become one; and, `inParts`,
   * every upload in parts to it.
   */
  'discard-object': { key: string; inParts?: boolean };
  /** Seal what an encrypted memory holds, with its newest key. */
  'seal-memory': { memoryId: string };
  /** Delete the bytes and the row of an asset that is being purged. */
  'purge-asset': { assetId: string };
  /** Delete all that an erasure names, and then the erasure. */
  erase: { erasureId: string };
}

export type JobName = keyof JobPayloads;

export const jobNames = [
  'scan-asset',
  'scan-replacement',
  'process-asset',
  'discard-object',
  'purge-asset',
  'seal-memory',
  'erase',
] as const satisfies readonly JobName[];

export function isJobName(name: string): name is JobName {
  return (jobNames as readonly string[]).includes(name);
}

/** Takes work in the caller's transaction: no commit, no job; no job without its commit. */
export interface Queue {
  enqueue<N extends JobName>(
    tx: Tx,
    name: N,
    payload: JobPayloads[N],
    options?: { delaySeconds?: number },
  ): Promise<void>;
}

export interface TakenJob<N extends JobName> {
  readonly id: string;
  readonly payload: JobPayloads[N];
}

/** The other end of the queue: at least once, by one worker at a time while its lease is renewed. */
export interface JobQueue extends Queue {
  /** How often, at most, a lease is to be renewed. */
  readonly renewEveryMs: number;
  /** The oldest job that is due, now ours until its lease ends; undefined when there is none. */
  take<N extends JobName>(name: N): Promise<TakenJob<N> | undefined>;
  /** Renews the leases of jobs that are being worked on. */
  renew(name: JobName, ids: readonly string[]): Promise<void>;
  complete(name: JobName, id: string): Promise<void>;
  /** Runs it again later, with growing pauses, a limited number of times. Of the error only its kind is kept. */
  fail(name: JobName, id: string, error: unknown): Promise<void>;
  /** Hands the same work back, to be taken in `delaySeconds`, as if it had not been tried. */
  defer<N extends JobName>(tx: Tx, name: N, job: TakenJob<N>, delaySeconds: number): Promise<void>;
  close(): Promise<void>;
}
