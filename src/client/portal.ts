import { answer } from './answer.js';
import { makeAssets } from './assets.js';
import { toEndpoints, toToken, type Token } from './endpoint.js';
import {
  AnswerWithAssets,
  DeclineUpload,
  GetUploadPrompt,
  MarkUploadPromptSeen,
  Viewer as ViewerDocument,
} from './generated/documents.js';
import { AskfileError } from './errors.js';
import { makeExecute, type OnTokenRefused } from './http.js';
import { makeMemories } from './memories.js';
import { makeOperations, type Operations } from './operations.js';
import type { PauseSwitch } from './pause.js';
import type { UploadProgress } from './put.js';
import { retrying, toRetryPolicy, type RetryOptions } from './retry.js';
import { makeSubscribe } from './subscriptions.js';
import type { Asset, Memory, UploadPrompt, UploadPromptEvent, Viewer } from './types.js';
import { toUploadSource, type UploadSource } from './upload-source.js';
import { watchPrompts, type ConnectionState } from './watch-prompts.js';
import type { WebSocketConstructor } from './websocket.js';
import { withUnlocking, type OnLocked } from './when-locked.js';

export interface PortalClientOptions {
  /** The service's address, such as `https://askfile.example.com`. */
  readonly url: string;
  /**
   * The person's JWT. A function is asked anew for every request and connection. What it throws counts as a lost
   * connection, to be tried again; an `AskfileError` UNAUTHENTICATED as the end of the session.
   */
  readonly token: Token;
  /**
   * For every request, also those to storage; in a browser, bytes go up by XMLHttpRequest, which tells progress.
   * Default: the global one.
   */
  readonly fetch?: typeof fetch;
  /** Default: the global one, or that of the package `ws`. */
  readonly webSocket?: WebSocketConstructor;
  readonly retry?: RetryOptions;
  /**
   * Called when a locked memory has refused something (MEMORY_LOCKED), once for all that the same one refuses
   * meanwhile: ask for its password, call `unlock`, and resolve with true to have it sent again, or with false to have
   * it refused. Without it, it is refused.
   */
  readonly onLocked?: OnLocked;
  /**
   * Called when the service has refused a token, for each thing that it refuses: let the person sign in again, and
   * resolve with true once `token` returns another one, to have it sent again, or with false to have it refused
   * (UNAUTHENTICATED). Until then whatever was begun waits, uploads and lists as well. Without it, it is refused.
   */
  readonly onTokenRefused?: OnTokenRefused;
}

export interface PromptListeners {
  /**
   * The list ended for good: UNAUTHENTICATED (sign in, then call `prompts` again), or what a listener threw.
   * Without it, that is an unhandled rejection.
   */
  readonly onError?: (error: unknown) => void;
  /** 'connected' with each snapshot after a connection; while 'reconnecting', changes come seconds late. */
  readonly onConnection?: (state: ConnectionState) => void;
}

export interface AnswerOptions {
  readonly signal?: AbortSignal;
  /** What it throws ends the upload as an abort does. */
  readonly onProgress?: (progress: UploadProgress) => void;
  /** End an upload that another session of the same person has begun; without, that is UPLOAD_IN_PROGRESS. */
  readonly takeOver?: boolean;
  /** Instead of the file's own name; required for a Blob, which has none. */
  readonly filename?: string;
  /** Kept with the asset. */
  readonly description?: string;
  /** Told the upload's id once it has begun: kept, it is what `resume` wants after a reload or a restart. */
  readonly onBegun?: (uploadId: string) => void;
  /**
   * Goes on with an upload of this prompt that was begun in the same session and cut off by a reload or a restart:
   * only parts that have not arrived are sent. The file must be the same, unchanged. An upload that has ended without
   * a file, or was of another prompt or of a file with another name or size, is begun anew; one that is complete
   * resolves with its asset.
   */
  readonly resume?: string | undefined;
  /** Stops and goes on with the sending. A pause keeps the upload for as long as the prompt allows. */
  readonly pause?: PauseSwitch;
}

export interface PortalClient extends Operations {
  /**
   * Keeps the list of the person's open prompts, the oldest first, and hands it to `onChange` whenever it has changed,
   * with the event that did it. Lost connections are made up for: the first list after one is complete.
   * Returns what ends it; nothing is called any more after that.
   */
  prompts(
    onChange: (prompts: readonly UploadPrompt[], event: UploadPromptEvent) => void,
    listeners?: PromptListeners,
  ): () => void;
  /**
   * Answers a prompt with a file, also one that takes several: the bytes go straight to object storage. Resolves with
   * the asset once the service has verified it and handed it over. Large files go in parts, four at once, each tried
   * again by itself. `file` is a browser's File or Blob, or a source from `askfile/client/node`.
   *
   * Throws `AskfileError`: BAD_USER_INPUT (the prompt takes more files), FILE_TOO_LARGE, MIME_TYPE_NOT_ALLOWED,
   * UPLOAD_IN_PROGRESS, PROMPT_ALREADY_RESOLVED, UPLOAD_MISMATCH, QUOTA_EXCEEDED, UPLOAD_FAILED (storage refused, or
   * was not reached in five attempts), …
   * After a failure the prompt is open again within its deadline.
   * When `signal` is aborted, the upload is let go as well as possible (5 seconds at most) and the promise rejects with
   * `signal.reason`; an abort during the very last step may come too late to undo the answer.
   */
  answer(prompt: UploadPrompt | string, file: Blob | UploadSource, options?: AnswerOptions): Promise<Asset>;
  /**
   * The same with several files, from `minFiles` to `maxFiles` of the prompt: sent side by side, handed over in their
   * order when all are complete. Progress is that of all together, and a pause stops all of them. If one fails, none
   * is handed over; a list is always begun anew, so `resume` and `onBegun` are for one file only.
   * Throws `AskfileError` BAD_USER_INPUT too, for too few or too many.
   */
  answer(
    prompt: UploadPrompt | string,
    files: readonly (Blob | UploadSource)[],
    options?: Omit<AnswerOptions, 'filename' | 'resume' | 'onBegun'>,
  ): Promise<readonly Asset[]>;
  /**
   * Answers a prompt with files that the agent's memory of this person holds already, in this order. Throws
   * `AskfileError`: BAD_USER_INPUT, NOT_FOUND, MIME_TYPE_NOT_ALLOWED, FILE_TOO_LARGE, SCAN_BLOCKED,
   * UPLOAD_IN_PROGRESS, PROMPT_ALREADY_RESOLVED, …
   */
  answerWithAssets(prompt: UploadPrompt | string, assetIds: readonly string[]): Promise<UploadPrompt>;
  /** Says no, with a note for the agent. Throws `AskfileError`: PROMPT_ALREADY_RESOLVED, NOT_FOUND, … */
  decline(prompt: UploadPrompt | string, note?: string): Promise<UploadPrompt>;
  /** As it is now, open or ended; undefined when the person has none such. Throws `AskfileError`. */
  prompt(id: string): Promise<UploadPrompt | undefined>;
  /** For other devices: this prompt has been looked at. Throws `AskfileError`. */
  markSeen(prompt: UploadPrompt | string): Promise<UploadPrompt>;
  /**
   * Unlocks an encrypted memory for this sign-in, and for the agent as long as this sign-in uses it. What threw
   * MEMORY_LOCKED (its `extensions.memoryUrn` says which) works then. Not tried again by itself after a wrong password.
   * Throws `AskfileError`: WRONG_PASSWORD, RATE_LIMITED (`extensions.retryAfterSeconds`), …
   */
  unlock(memoryUrn: string, password: string): Promise<Memory>;
  /** Locks it for this sign-in and the agent; other sign-ins go on. Throws `AskfileError`: NOT_FOUND, … */
  lock(memoryUrn: string): Promise<Memory>;
  /** What each agent remembers of the person. */
  readonly memories: Omit<ReturnType<typeof makeMemories>, 'unlock' | 'lock'>;
  /** Who is signed in. Throws `AskfileError`, UNAUTHENTICATED when nobody is. */
  viewer(): Promise<Viewer>;
  readonly assets: ReturnType<typeof makeAssets>;
}

/**
 * The person's side. Opens nothing by itself: a socket exists only while `prompts` is followed.
 * Throws `AskfileError` BAD_USER_INPUT when `url` or `token` is none.
 */
export function createPortalClient(options: PortalClientOptions): PortalClient {
  const endpoints = toEndpoints(options.url);
  const policy = toRetryPolicy(options.retry);
  const { fetch, onTokenRefused } = options;
  const token = toToken(options.token, 'token');
  const execute = withUnlocking(
    makeExecute({ url: endpoints.http, token, fetch, onTokenRefused }),
    options.onLocked,
  );
  const subscribe = makeSubscribe({
    url: endpoints.webSocket,
    token,
    webSocket: options.webSocket,
  });

  function answerPrompt(
    prompt: UploadPrompt | string,
    file: AnswerFile,
    options?: AnswerOptions,
  ): Promise<Asset>;
  function answerPrompt(
    prompt: UploadPrompt | string,
    files: readonly AnswerFile[],
    options?: Omit<AnswerOptions, 'filename' | 'resume' | 'onBegun'>,
  ): Promise<readonly Asset[]>;
  async function answerPrompt(
    prompt: UploadPrompt | string,
    given: AnswerFile | readonly AnswerFile[],
    options: AnswerOptions = {},
  ): Promise<Asset | readonly Asset[] | undefined> {
    options.signal?.throwIfAborted();
    const isOfList = isList(given);
    if (isOfList) assertOnlyForOne(options);
    const sources = isOfList
      ? given.map((file) => toUploadSource(file, undefined, fetch))
      : [toUploadSource(given, options.filename, fetch)];
    const assets = await answer({ execute, policy }, prompt, sources, {
      description: options.description,
      takeOver: options.takeOver ?? false,
      signal: options.signal,
      pause: options.pause,
      resume: options.resume,
      onBegun: options.onBegun,
      onProgress: options.onProgress,
    });
    return isOfList ? assets : assets[0];
  }

  const { unlock, lock, ...memories } = makeMemories({ execute, policy });

  return {
    unlock,
    lock,
    memories,
    ...makeOperations({ execute, subscribe, policy }),

    prompts(onChange, { onError, onConnection = () => {} } = {}) {
      const stop = new AbortController();
      const watching = watchPrompts({ execute, subscribe, policy }, { onChange, onConnection }, stop.signal);
      if (onError === undefined) void watching;
      else watching.catch(onError);
      return () => stop.abort();
    },

    answer: answerPrompt,

    async answerWithAssets(prompt, assetIds) {
      const variables = { promptId: toId(prompt), assetIds: [...assetIds] };
      return (await retrying(() => execute(AnswerWithAssets, variables), { policy })).answerWithAssets;
    },

    async decline(prompt, note) {
      const variables = { promptId: toId(prompt), ...(note !== undefined && { note }) };
      return (await retrying(() => execute(DeclineUpload, variables), { policy })).declineUpload;
    },

    async prompt(id) {
      return (await retrying(() => execute(GetUploadPrompt, { id }), { policy })).uploadPrompt ?? undefined;
    },

    async markSeen(prompt) {
      const variables = { promptId: toId(prompt) };
      return (await retrying(() => execute(MarkUploadPromptSeen, variables), { policy }))
        .markUploadPromptSeen;
    },

    async viewer() {
      return (await retrying(() => execute(ViewerDocument, {}), { policy })).viewer;
    },

    assets: makeAssets({ execute, policy, fetch: options.fetch }),
  };
}

type AnswerFile = Blob | UploadSource;

/** `Array.isArray` does not tell a readonly array from what is none. */
function isList(given: AnswerFile | readonly AnswerFile[]): given is readonly AnswerFile[] {
  return Array.isArray(given);
}

function assertOnlyForOne({ resume, onBegun }: AnswerOptions): void {
  if (resume === undefined && onBegun === undefined) return;
  throw new AskfileError(
    'BAD_USER_INPUT',
    '`resume` and `onBegun` are for one file, not for a list of files.',
  );
}

function toId(prompt: UploadPrompt | string): string {
  return typeof prompt === 'string' ? prompt : prompt.id;
}
