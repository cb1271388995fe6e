import {
  AskfileError,
  createPauseSwitch,
  type PauseSwitch,
  type PortalClient,
  type UploadPrompt,
} from '../../client/index.js';
import { isWorthAnew } from '../uploads/failures.js';
import type { Claims } from './claims.js';
import { findProblem, type FileProblem } from './file-checks.js';
import { makeRate, type Rate } from './rate.js';
import { makeStore, type Readable } from './store.js';
import type { Unfinished, UnfinishedUploads } from './unfinished.js';

export interface ChosenFile {
  readonly key: string;
  readonly file: File;
  readonly problem: FileProblem | undefined;
}

interface Chosen {
  readonly files: readonly ChosenFile[];
}

/** What this window does about a request. */
export type Attempt = Chosen &
  (
    | {
        readonly phase: 'chosen';
        /** So many were chosen at once with the one that stands, of a request for one file. */
        readonly leftOut?: number;
      }
    | {
        readonly phase: 'sending';
        readonly sentBytes: number;
        readonly totalBytes: number;
        readonly isPaused: boolean;
        readonly rate: Rate | undefined;
      }
    | { readonly phase: 'failed'; readonly error: unknown }
  );

export interface AnsweringOptions {
  client: Pick<PortalClient, 'answer'>;
  /** What this tab has kept; a duplicated tab has a copy of it. */
  unfinished: UnfinishedUploads;
  /** See `Claims`. */
  claims: Pick<Claims, 'take' | 'release'>;
  /** See `Feed.expectEnd`. */
  expectEnd: (promptId: string, succeeds: Promise<boolean>) => void;
  /** In ms, for speeds. */
  now: () => number;
}

/** `other-tab`: it goes on there, of which this one is a copy. */
export type Earlier = Unfinished | 'other-tab';

interface Running {
  readonly stop: AbortController;
  readonly pause: PauseSwitch;
}

const claimOf = (promptId: string) => `askfile.prompt.${promptId}`;

export type Answering = ReturnType<typeof makeAnswering>;

/** Files on their way to being answers, by request. What is being sent goes on whatever page is shown. */
export function makeAnswering({ client, unfinished, claims, expectEnd, now }: AnsweringOptions) {
  const store = makeStore<ReadonlyMap<string, Attempt>>(new Map());
  const earlier = makeStore<ReadonlyMap<string, Earlier>>(new Map());
  const running = new Map<string, Running>();
  let lastKey = 0;
  let tokens = 1;

  function set(promptId: string, attempt: Attempt | undefined): void {
    const next = new Map(store.get());
    if (attempt === undefined) next.delete(promptId);
    else next.set(promptId, attempt);
    store.set(next);
  }

  function update(promptId: string, to: { sentBytes?: number; isPaused?: boolean; rate?: Rate | undefined }) {
    const attempt = store.get().get(promptId);
    if (attempt?.phase === 'sending') set(promptId, { ...attempt, ...to });
  }

  function setEarlier(promptId: string, found: Earlier | undefined): void {
    const next = new Map(earlier.get());
    if (found === undefined) next.delete(promptId);
    else next.set(promptId, found);
    earlier.set(next);
  }

  /** What an earlier page of this tab was sending, once it was looked for. */
  function getUnfinished(promptId: string): Unfinished | undefined {
    const found = earlier.get().get(promptId);
    return found === 'other-tab' ? undefined : found;
  }

  function forget(promptId: string): void {
    unfinished.forget(promptId);
    claims.release(claimOf(promptId));
    setEarlier(promptId, undefined);
  }

  async function send(
    prompt: UploadPrompt,
    files: readonly ChosenFile[],
    takeOver: boolean,
  ): Promise<boolean> {
    const { id } = prompt;
    const own: Running = { stop: new AbortController(), pause: createPauseSwitch() };
    const { pause } = own;
    const { signal } = own.stop;
    const rate = makeRate(now);
    const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const isCurrent = () => running.get(id) === own;
    running.set(id, own);
    void claims.take(claimOf(id));
    set(id, { phase: 'sending', files, sentBytes: 0, totalBytes, isPaused: false, rate: undefined });
    pause.subscribe(() => {
      rate.restart();
      update(id, { isPaused: pause.paused, rate: undefined });
    });
    const onProgress = ({ sentBytes }: { sentBytes: number }) =>
      update(id, { sentBytes, rate: pause.paused ? undefined : rate.add(sentBytes, totalBytes) });
    const common = { signal, pause, onProgress };

    /** Goes on with `resume`, or begins anew. */
    async function answer(options: { takeOver: boolean; resume: string | undefined }): Promise<void> {
      const [first] = files;
      if (prompt.maxFiles === 1 && first !== undefined) {
        const { file } = first;
        await client.answer(prompt, file, {
          ...common,
          ...options,
          onBegun: (uploadId) => {
            if (!isCurrent()) return;
            unfinished.keep(id, { uploadId, filename: file.name, sizeBytes: file.size });
          },
        });
      } else {
        unfinished.keep(id, {});
        const { takeOver } = options;
        await client.answer(
          prompt,
          files.map(({ file }) => file),
          { ...common, takeOver },
        );
      }
    }

    try {
      const resume = getUnfinished(id)?.uploadId;
      const firstToken = tokens;
      await answer({ takeOver, resume }).catch((error: unknown) => {
        const hasNewToken = tokens !== firstToken;
        const isOwnOfBefore = isOfOtherSession(error, hasNewToken);
        const mayBeOld = resume !== undefined || hasNewToken;
        if (signal.aborted || !mayBeOld || !(isOwnOfBefore || isWorthAnew(error))) throw error;
        return answer({ takeOver: takeOver || isOwnOfBefore, resume: undefined });
      });
      set(id, undefined);
      return true;
    } catch (error) {
      // Whoever stopped it has said what is shown now.
      if (isCurrent() && !signal.aborted) set(id, { phase: 'failed', files, error });
      return false;
    } finally {
      // One that was stopped may end after the next has begun.
      if (isCurrent()) {
        forget(id);
        running.delete(id);
      }
    }
  }

  return {
    state: store as Readable<ReadonlyMap<string, Attempt>>,

    /** Adds them to those of the request, as many as it takes; for a request of one file the last one stands. */
    choose(prompt: UploadPrompt, files: readonly File[]): void {
      const attempt = store.get().get(prompt.id);
      if (attempt?.phase === 'sending' || files.length === 0) return;
      const added = files.map((file) => ({
        key: String((lastKey += 1)),
        file,
        problem: findProblem(file, prompt),
      }));
      if (prompt.maxFiles === 1) {
        set(prompt.id, { phase: 'chosen', files: added.slice(-1), leftOut: added.length - 1 });
      } else {
        set(prompt.id, { phase: 'chosen', files: [...(attempt?.files ?? []), ...added] });
      }
    },

    remove(promptId: string, key: string): void {
      const attempt = store.get().get(promptId);
      if (attempt === undefined || attempt.phase === 'sending') return;
      const files = attempt.files.filter((chosen) => chosen.key !== key);
      set(promptId, files.length === 0 ? undefined : { phase: 'chosen', files });
    },

    clear: (promptId: string): void => set(promptId, undefined),

    /** Sends what was chosen. `takeOver` ends an upload that another device has begun. */
    send(prompt: UploadPrompt, { takeOver = false } = {}): void {
      const attempt = store.get().get(prompt.id);
      if (attempt === undefined || attempt.phase === 'sending') return;
      expectEnd(prompt.id, send(prompt, attempt.files, takeOver));
    },

    pause: (promptId: string): void => running.get(promptId)?.pause.pause(),
    resume: (promptId: string): void => running.get(promptId)?.pause.resume(),

    /** Stops the sending; the files stay chosen. */
    cancel(promptId: string): void {
      const attempt = store.get().get(promptId);
      if (attempt?.phase !== 'sending') return;
      set(promptId, { phase: 'chosen', files: attempt.files });
      running.get(promptId)?.stop.abort();
    },

    /** The request has ended. What has left whole may be the very answer, and is waited for. */
    end(promptId: string): void {
      const attempt = store.get().get(promptId);
      if (attempt?.phase === 'sending' && attempt.sentBytes === attempt.totalBytes) return;
      running.get(promptId)?.stop.abort();
      set(promptId, undefined);
      forget(promptId);
    },

    /** Whether leaving the page would cut something off. */
    isSending: (): boolean => running.size > 0,

    /** Files that `close` would stop. */
    countSending(): number {
      const attempts = [...running.keys()].map((id) => store.get().get(id));
      return attempts.reduce((sum, attempt) => sum + (attempt?.files.length ?? 0), 0);
    },

    /** The person has signed in again, perhaps as another session. */
    takeNextToken(): void {
      tokens += 1;
    },

    /** What was being sent for held requests by an earlier page of this tab, as far as it was looked for. */
    earlier: earlier as Readable<ReadonlyMap<string, Earlier>>,
    getUnfinished,

    /** Whether an earlier page of this tab may have been sending something for the request. */
    hasKept: (promptId: string): boolean => unfinished.read(promptId) !== undefined,

    /** Finds out about it, once. */
    async lookForUnfinished(promptId: string): Promise<void> {
      const kept = unfinished.read(promptId);
      if (kept === undefined || running.has(promptId) || earlier.get().has(promptId)) return;
      const isOwn = await claims.take(claimOf(promptId));
      if (!running.has(promptId)) setEarlier(promptId, isOwn ? kept : 'other-tab');
    },

    close(): void {
      for (const { stop } of running.values()) stop.abort();
    },
  };
}

/**
 * Whether it is an earlier sign-in of this tab that holds the request: one whose token had another `sid`. Only who has
 * signed in again meanwhile takes a request that is held for their own.
 */
function isOfOtherSession(error: unknown, hasNewToken: boolean): boolean {
  if (!(error instanceof AskfileError)) return false;
  return error.code === 'PERMISSION_DENIED' || (hasNewToken && error.code === 'UPLOAD_IN_PROGRESS');
}
