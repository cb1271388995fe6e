import { setTimeout as delay } from 'node:timers/promises';
import { makeExecute } from '../../client/http.js';
import { toEndpoints } from '../../client/endpoint.js';
import type { Operation } from '../../client/operation.js';

/** REFUSED: the upload was. STUCK: nothing had come of it in time. ERROR: the service failed. */
export type CorpusOutcome = 'DONE' | 'FAILED' | 'NONE' | 'BLOCKED' | 'REFUSED' | 'STUCK' | 'ERROR';

export interface FollowedAsset {
  readonly outcome: CorpusOutcome;
  readonly mimeType: string;
  readonly reason: string | null;
}

interface Answer {
  readonly asset: {
    readonly mimeType: string;
    readonly scanStatus: 'PENDING' | 'CLEAN' | 'BLOCKED';
    readonly processing: {
      readonly status: 'NONE' | 'PENDING' | 'DONE' | 'FAILED';
      readonly error: string | null;
    };
  } | null;
}

const FindAsset: Operation<Answer, { id: string }> = {
  name: 'FindAsset',
  text: 'query FindAsset($id: ID!) { asset(id: $id) { mimeType scanStatus processing { status error } } }',
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
      const { status = 'PENDING', error = null } = asset?.processing ?? {};
      if (asset?.scanStatus === 'BLOCKED') return { outcome: 'BLOCKED', mimeType, reason: null };
      if (asset?.scanStatus === 'CLEAN' && status !== 'PENDING')
        return { outcome: status, mimeType, reason: error };
      if (Date.now() > giveUpAt) return { outcome: 'STUCK', mimeType, reason: id };
    }
  };
}
