import type { StorageConfig } from '../../../config.js';
import type { ObjectStore, PresignedRequest } from '../../../domains/storage/object-store.js';
import type { S3Client } from '@aws-sdk/client-s3';

/**
 * `weak`: the store does not enforce it, and the service covers it by itself.
 * `FAILED`: the service relies on it.
 */
export type CheckOutcome = 'ok' | 'weak' | 'FAILED';

export interface Finding {
  readonly outcome: CheckOutcome;
  /** What to set, or what covers it; null when there is nothing to do. */
  readonly advice: string | null;
}

export interface CheckContext {
  readonly config: StorageConfig;
  readonly client: S3Client;
  readonly store: ObjectStore;
  /** The same bucket, signing with a clock ten minutes late: its URLs have expired. */
  readonly expiredStore: ObjectStore;
  /** A key under the check's own prefix, never given twice. */
  readonly newKey: () => string;
}

export interface Check {
  readonly what: string;
  /** What it throws becomes a FAILED row. */
  readonly run: (context: CheckContext) => Promise<Finding>;
}

export const ok: Finding = { outcome: 'ok', advice: null };

export function weak(advice: string): Finding {
  return { outcome: 'weak', advice };
}

export function failed(advice: string): Finding {
  return { outcome: 'FAILED', advice };
}

export const body = Buffer.from('the bytes of a storage check');
export const contentType = 'text/plain';

/** An upload URL for `body`. */
export function presignUpload(store: ObjectStore, key: string, sha256?: string): Promise<PresignedRequest> {
  const input = { key, contentType, sizeBytes: body.length, expiresInSeconds: 60 };
  return store.presignPut(sha256 === undefined ? input : { ...input, sha256 });
}

/** Stores `body` under `key` by an upload URL, as a browser does; resolves with its ETag. */
export async function storeBody(store: ObjectStore, key: string): Promise<string> {
  const request = await presignUpload(store, key);
  const status = await send(request.url, { method: 'PUT', headers: request.headers, body });
  const stored = await store.head(key);
  if (stored === undefined) throw new Error(`an upload was not stored (HTTP ${status})`);
  return stored.etag;
}

/** The status of the answer; 0 where storage hung up or was not there. */
export async function send(url: string, init: RequestInit): Promise<number> {
  const response = await request(url, init);
  await response?.body?.cancel();
  return response?.status ?? 0;
}

/** undefined where storage hung up, as some do on bytes they do not want, or was not there. */
export async function request(url: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(15_000) });
  } catch {
    return undefined;
  }
}
