import {
  AskfileError,
  createPauseSwitch,
  type PauseSwitch,
  type PortalClient,
  type UploadPrompt,
} from '../../client/index.js';
import { isWorthAnew } from '../uploads/failures.js';
import { findProblem, type FileProblem } from './file-checks.js';
import { makeRate, type Rate } from './rate.js';
import { makeStore, type Readable } from './store.js';
import type { UnfinishedUploads } from './unfinished.js';

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
    | { readonly phase: 'chosen' }
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
  unfinished: UnfinishedUploads;
  /** See `Feed.expectEnd`. */
  expectEnd: (promptId: string, succeeds: Promise<boolean>) => void;
  /** In ms, for speeds. */
  now: () => number;
}

interface Running {
  readonly stop: AbortController;
  readonly pause: PauseSwitch;
}

export type Answering = ReturnType<typeof makeAnswering>;

/** Files on their way to being answers, by request. What is being sent goes on whatever page is shown. */
export function makeAnswering({ client, unfinished, expectEnd, now }: AnsweringOptions) {
  const store = makeStore<ReadonlyMap<string, Attempt>>(new Map());
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
        await client.answer(id, file, {
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
          id,
          files.map(({ file }) => file),
          { ...common, takeOver },
        );
      }
    }

    try {
      const resume = unfinished.read(id)?.uploadId;
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
        unfinished.forget(id);
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
      const all = prompt.maxFiles === 1 ? added.slice(-1) : [...(attempt?.files ?? []), ...added];
      set(prompt.id, { phase: 'chosen', files: all });
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
      unfinished.forget(promptId);
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

    /** What an earlier page of this tab was sending. */
    findUnfinished: unfinished.read,

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
