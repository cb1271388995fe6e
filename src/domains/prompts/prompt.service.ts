import { setTimeout as delay } from 'node:timers/promises';
import { forEachAnyway } from '../../core/each.js';
import { badInput, notFound, permissionDenied } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import { assertOrgAdmin, assertUser, type Viewer } from '../../core/viewer.js';
import { makeAnswerPrompt, type AnswerPromptDeps } from './answer-prompt.js';
import { makeAnswerWithAssets, type AnswerWithAssetsDeps } from './answer-with-assets.js';
import { makeEndPrompts, type EndPromptsDeps } from './end-prompts.js';
import { makePromptAssetStore } from './prompt-asset.store.js';
import { makePromptFeeds, type PromptEvent } from './prompt-feeds.js';
import { makePromptListStore, type PromptScope } from './prompt-list.store.js';
import { makePromptStore } from './prompt.store.js';
import type { PromptWatch } from './prompt-watch.js';
import { isOpen, toResult, type PromptStatus, type UploadPrompt, type UploadResult } from './prompt.js';
import { makeRequestUpload, type RequestUploadDeps } from './request-upload.js';
import { makeSubmitPrompt, type SubmitPromptDeps } from './submit-prompt.js';

export type Prompts = ReturnType<typeof makePrompts>;

export type PromptsDeps = RequestUploadDeps &
  Omit<
    AnswerPromptDeps & EndPromptsDeps & SubmitPromptDeps & AnswerWithAssetsDeps,
    'getPrompt' | 'getPromptById' | 'listAnswer'
  > & {
    watch: PromptWatch;
    cursors: Cursors;
  };

/** HTTP stacks cut what takes longer. */
const maxWaitSeconds = 45;

/** The heart: an agent asks, a person answers, the agent gets exactly one result. */
export function makePrompts(deps: PromptsDeps) {
  const { db, cursors } = deps;
  const store = makePromptStore(db);
  const lists = makePromptListStore(db);
  const stopping = new AbortController();
  const feeds = makePromptFeeds(deps);
  const ending = makeEndPrompts({ ...deps, getPrompt });
  const answering = makeAnswerPrompt({ ...deps, getPrompt, getPromptById });
  const answers = makePromptAssetStore(db);
  const listAnswer = async (id: string) => (await answers.list([id])).map(({ assetId }) => assetId);

  /** Anyone who looks sees to the deadline: a prompt past it is never shown as open. */
  async function getPromptById(id: string): Promise<UploadPrompt> {
    const prompt = isId(id) ? await store.findById(id) : undefined;
    if (prompt === undefined) throw notFound('The upload request');
    if (!prompt.isDue) return prompt;
    // Where another was first, the row says what holds.
    return (await ending.timeOut(id)) ?? (await store.findById(id)) ?? prompt;
  }

  /** For the person asked and for the agent's App; NOT_FOUND to everybody else. */
  async function getPrompt(viewer: Viewer, id: string): Promise<UploadPrompt> {
    const prompt = await getPromptById(id);
    if (!canSee(viewer, prompt)) throw notFound('The upload request');
    return prompt;
  }

  return {
    requestUpload: makeRequestUpload(deps),
    cancelUploadRequest: ending.cancelUploadRequest,
    declineUpload: ending.declineUpload,
    revokeAll: ending.revokeAll,
    revoke: ending.revoke,
    timeOutDue: ending.timeOutDue,
    beginPromptUpload: answering.beginPromptUpload,
    markUploadPromptSeen: answering.markUploadPromptSeen,
    submitPromptUploads: makeSubmitPrompt({ ...deps, getPrompt }),
    answerWithAssets: makeAnswerWithAssets({ ...deps, getPrompt, listAnswer }),
    destination: answering.destination,
    /** For a loader: the assets of each answer by id, in its order. Callers have seen the prompts. */
    listAnswers: (promptIds: readonly string[]) => answers.list(promptIds),
    getPrompt,

    /** The viewer's own, newest first; an App's are those that it asked. */
    async listUploadPrompts(
      viewer: Viewer,
      statuses: readonly PromptStatus[] | undefined,
      page: PageArgs,
    ): Promise<Connection<UploadPrompt>> {
      const scope = toScope(viewer);
      const filter = { ...scope, statuses: statuses && [...statuses].sort() };
      const cursor = cursors.bind<{ createdAt: string; id: string }>('uploadPrompts', viewer.orgId, filter);
      const after = cursor.decode(page.after);
      const position = after && { createdAt: new Date(after.createdAt), id: after.id };
      const list = () => lists.list(scope, statuses, page.first + 1, position);
      let rows = await list();
      const due = rows.filter((prompt) => prompt.isDue);
      if (due.length > 0) {
        await forEachAnyway(due, ({ id }) => ending.timeOut(id));
        rows = await list();
      }
      return toConnection(rows, page, ({ createdAt, id }) =>
        cursor.encode({ createdAt: createdAt.toISOString(), id }),
      );
    },

    /** For a loader: how many of the agent's prompts are open, one for each URN. Throws PERMISSION_DENIED. */
    async countOpenOfAgents(viewer: Viewer, agentUrns: readonly string[]): Promise<number[]> {
      assertOrgAdmin(viewer);
      const counts = await lists.countOpenOfAgents(viewer.orgId, agentUrns);
      const byUrn = new Map(counts.map(({ agentUrn, count }) => [agentUrn, count]));
      return agentUrns.map((urn) => byUrn.get(urn) ?? 0);
    },

    /** Every open prompt of the person at once, then each change. */
    followOwnPrompts(viewer: Viewer): AsyncIterableIterator<PromptEvent, undefined> {
      assertUser(viewer);
      return feeds.followPerson(viewer);
    },

    /** The prompt now, then after each change, until it has ended or was erased. Throws NOT_FOUND. */
    async followPrompt(viewer: Viewer, id: string): Promise<AsyncIterableIterator<UploadPrompt, undefined>> {
      await getPrompt(viewer, id);
      return feeds.followPrompt(id);
    },

    /** Exactly one result, then the end. Throws NOT_FOUND. */
    async followResult(viewer: Viewer, id: string): Promise<AsyncIterableIterator<UploadResult, undefined>> {
      await getPrompt(viewer, id);
      return feeds.followResult(id);
    },

    /**
     * The result, waiting for it up to `waitSeconds` (0 to 45, BAD_USER_INPUT); null while there is none.
     * Aborting the signal ends the wait and gives null, and so does `stopWaiting`.
     */
    async awaitUpload(
      viewer: Viewer,
      id: string,
      waitSeconds: number,
      signal: AbortSignal,
    ): Promise<UploadResult | null> {
      if (!Number.isInteger(waitSeconds) || waitSeconds < 0 || waitSeconds > maxWaitSeconds) {
        throw badInput('waitSeconds', `Wait for 0 to ${maxWaitSeconds} seconds.`);
      }
      const prompt = await getPrompt(viewer, id);
      if (!isOpen(prompt) || waitSeconds === 0) return toResult(prompt);
      const results = feeds.followResult(id);
      const ended = new AbortController();
      try {
        const timeUp = delay(waitSeconds * 1000, undefined, {
          signal: AbortSignal.any([signal, ended.signal, stopping.signal]),
        });
        const first = await Promise.race([results.next(), timeUp.catch(() => undefined)]);
        return first?.value ?? toResult(await getPrompt(viewer, id));
      } finally {
        ended.abort();
        await results.return?.();
      }
    },

    /** The process is about to stop: whoever waits is answered now, and asks another. */
    stopWaiting: () => stopping.abort(),
  };
}

function canSee(viewer: Viewer, prompt: UploadPrompt): boolean {
  if (viewer.orgId !== prompt.orgId) return false;
  if (viewer.kind === 'APP') return viewer.agentUrn === prompt.agentUrn;
  return viewer.kind === 'USER' && viewer.id === prompt.userId;
}

function toScope(viewer: Viewer): PromptScope {
  const { orgId } = viewer;
  if (viewer.kind === 'USER') return { orgId, userId: viewer.id };
  if (viewer.kind === 'APP') return { orgId, agentUrn: viewer.agentUrn };
  throw permissionDenied('A service account is asked for nothing.');
}
