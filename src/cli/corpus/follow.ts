import { setTimeout as delay } from 'node:timers/promises';
import { makeExecute } from '../../client/http.js';
import { toEndpoints } from '../../client/endpoint.js';
import type { Operation } from '../../client/operation.js';

/** REFUSED: the upload was. STUCK: nothing had come of it in time. ERROR: the service failed. */
export type CorpusOutcome = 'DONE' | 'FAILED' | 'NONE' | 'BLOCKED' | 'REFUSED' | 'STUCK' | 'ERROR';

/** What was found in it: null or false where there is none. */
export interface CorpusFinding {
  readonly text: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  readonly hasThumbnail: boolean;
}

export interface FollowedAsset {
  readonly outcome: CorpusOutcome;
  readonly mimeType: string;
  readonly reason: string | null;
  /** Where it is DONE. */
  readonly found?: CorpusFinding;
}

interface Answer {
  readonly asset: {
    readonly mimeType: string;
    readonly scanStatus: 'PENDING' | 'CLEAN' | 'BLOCKED';
    readonly processing: CorpusFinding & {
      readonly status: 'NONE' | 'PENDING' | 'DONE' | 'FAILED';
      readonly error: string | null;
    };
  } | null;
}

const FindAsset: Operation<Answer, { id: string }> = {
  name: 'FindAsset',
  text: `query FindAsset($id: ID!) { asset(id: $id) {
    mimeType scanStatus processing { status error text width height durationSeconds hasThumbnail }
  } }`,
};

const pauseMs = 200;

/** Waits for what becomes of an asset: its verdict, then what was found in it. */
export function makeFollow({
  url,
  token,
  timeoutSeconds,
}: {
  url: string;
  token: string;
  timeoutSeconds: number;
}) {
  const execute = makeExecute({ url: toEndpoints(url).http, token, fetch: undefined });

  return async function follow(id: string): Promise<FollowedAsset> {
    const giveUpAt = Date.now() + timeoutSeconds * 1000;
    for (let mimeType = ''; ; await delay(pauseMs)) {
      const { asset } = await execute(FindAsset, { id });
      mimeType = asset?.mimeType ?? mimeType;
      if (asset?.scanStatus === 'BLOCKED') return { outcome: 'BLOCKED', mimeType, reason: null };
      if (asset?.scanStatus === 'CLEAN' && asset.processing.status !== 'PENDING') {
        const { status, error, ...found } = asset.processing;
        return { outcome: status, mimeType, reason: error, ...(status === 'DONE' && { found }) };
      }
      if (Date.now() > giveUpAt) return { outcome: 'STUCK', mimeType, reason: id };
    }
  };
}
