import { abortingOnThrow, tiedController } from './abort.js';
import { makeAssets } from './assets.js';
import { awaitResult } from './await-result.js';
import { toEndpoints, toToken } from './endpoint.js';
import { AskfileError } from './errors.js';
import {
  CancelUploadRequest,
  GetMemory,
  GetUploadPrompt,
  RequestUpload,
  Viewer as ViewerDocument,
} from './generated/documents.js';
import { makeExecute } from './http.js';
import { newIdempotencyKey } from './idempotency-key.js';
import type { ListMemoryAssetsOptions, ListSpaceAssetsOptions } from './list-assets.js';
import { retrying, toRetryPolicy, undo, UNDO_WITHIN_MS, type RetryOptions } from './retry.js';
import { makeSubscribe } from './subscriptions.js';
import type { Asset, Memory, UploadPrompt, UploadResult, Viewer } from './types.js';
import type { WebSocketConstructor } from './websocket.js';

/** The service's own default for a prompt. */
const PROMPT_TIMEOUT_SECONDS = 300;

export interface AgentClientOptions {
  /** The service's address, such as `https://askfile.example.com`. */
  readonly url: string;
  /** `ak_…`, from `createAppKey`. */
  readonly appKey: string;
  /**
   * For every request, also those to storage; in a browser, bytes go up by XMLHttpRequest, which tells progress.
   * Default: the global one.
   */
  readonly fetch?: typeof fetch;
  /** Default: the global one, or that of the package `ws`. */
  readonly webSocket?: WebSocketConstructor;
  readonly retry?: RetryOptions;
}

export interface UploadRequest {
  /** The person to ask; known to the service once they have signed in. */
  readonly userId: string;
  /** What the person reads, plain text: "a copy of your business plan". */
  readonly prompt: string;
  readonly conversationId?: string;
  /** Can only tighten the agent's policy. */
  readonly allowedMimeTypes?: readonly string[];
  /** Can only tighten the agent's policy. */
  readonly maxSizeBytes?: number;
  /** How few files will do; 1 by default. */
  readonly minFiles?: number;
  /** How many files are taken, 20 at most; 1 by default. All of them are the answer's `assets`. */
  readonly maxFiles?: number;
  /** Within the agent's policy, which is the default; 300 where it says nothing. */
  readonly timeoutSeconds?: number;
  /**
   * The same key with the same request means the same prompt. Give one (the id of the agent's turn or
   * tool call) and a program that was restarted may just ask again; a random one is made otherwise.
   */
  readonly idempotencyKey?: string;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** The prompt now, then after each change until it ends. What it throws ends the wait as an abort does. */
  readonly onProgress?: (prompt: UploadPrompt) => void;
}

export interface AgentClient {
  /**
   * Asks a person for a file and resolves with the one answer: UPLOADED, DECLINED or TIMEOUT, as `outcome`.
   * Goes on through lost connections and restarts of the service for as long as the prompt may live.
   *
   * Rejects at once with `AskfileError` for what waiting can't mend: UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND
   * (no such person), TOOL_NOT_ENABLED, BAD_USER_INPUT, INVALID_CONSTRAINT, IDEMPOTENCY_CONFLICT, PROMPT_LIMIT.
   * RATE_LIMITED, STORAGE_UNAVAILABLE, SERVICE_UNREACHABLE only after having tried for the prompt's time;
   * INTERNAL_SERVER_ERROR after a few tries when asking.
   *
   * When `signal` is aborted, the prompt is cancelled as well as possible (5 seconds at most) and the promise rejects
   * with `signal.reason`, an AbortError by default; also if the person was quicker: `awaitResult` of
   * the prompt (its id is in `onProgress`) then tells what they answered.
   */
  requestUpload(request: UploadRequest, options?: WaitOptions): Promise<UploadResult>;
  /**
   * Waits (on) for a prompt that was asked before, such as by this program before it was restarted; at once
   * when it has ended. `signal` ends the waiting only, the prompt stays open.
   * Rejects like `requestUpload`; NOT_FOUND when this agent asked no such prompt, ASSET_BYTES_GONE when what it was
   * answered with has been purged since.
   */
  awaitResult(promptId: string, options?: WaitOptions): Promise<UploadResult>;
  /**
   * Takes a prompt back: it ends as DECLINED, with the reason AGENT_CANCELLED. Cancelling twice is no error.
   * Throws `AskfileError`: PROMPT_ALREADY_RESOLVED when it has ended otherwise (`extensions.outcome`), NOT_FOUND.
   */
  cancel(promptId: string): Promise<UploadPrompt>;
  /** Who this key is, and of which agent. Throws `AskfileError`, UNAUTHENTICATED when it is none. */
  viewer(): Promise<Viewer>;
  /**
   * A memory of this agent. While it is encrypted and not `unlocked`, names are ids and downloads throw MEMORY_LOCKED:
   * its person unlocks it, nobody else can. undefined when there is none. Throws `AskfileError`.
   */
  memory(urn: string): Promise<Memory | undefined>;
  readonly assets: Omit<ReturnType<typeof makeAssets>, 'list'> & {
    /**
     * Of the spaces that the agent may read, such as what it generated; with `userId`, of its memory of that person.
     * Throws `AskfileError` while iterating.
     */
    list(
      options?: ListSpaceAssetsOptions | (ListMemoryAssetsOptions & { readonly userId: string }),
    ): AsyncGenerator<Asset, void, undefined>;
  };
}

/**
 * The agent's side. Opens nothing by itself: a socket exists only while something is waited for.
 * Throws `AskfileError` BAD_USER_INPUT when `url` or `appKey` is none.
 */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const endpoints = toEndpoints(options.url);
  const policy = toRetryPolicy(options.retry);
  const token = toToken(options.appKey, 'appKey');
  const execute = makeExecute({ url: endpoints.http, token, fetch: options.fetch });
  const subscribe = makeSubscribe({ url: endpoints.webSocket, token, webSocket: options.webSocket });

  async function requestUpload(request: UploadRequest, { signal, onProgress }: WaitOptions = {}) {
    signal?.throwIfAborted();
    const input = { ...request, idempotencyKey: request.idempotencyKey ?? newIdempotencyKey() };
    const wait = tiedController(signal);
    // A mutation on its way may succeed: its answer is awaited a little, or its prompt could not be cancelled.
    const ask = tiedController(signal, UNDO_WITHIN_MS);
    let prompt: UploadPrompt | undefined;
    try {
      const asked = await retrying(() => execute(RequestUpload, { input }, { signal: ask.signal }), {
        policy,
        giveUpAfterMs: (request.timeoutSeconds ?? PROMPT_TIMEOUT_SECONDS) * 1000,
        signal: wait.signal,
      });
      prompt = asked.requestUpload;
      wait.signal.throwIfAborted();
      const report = abortingOnThrow(wait.abort, onProgress);
      return await awaitResult({ execute, subscribe, policy }, prompt, {
        signal: wait.signal,
        onProgress: report,
      });
    } catch (error) {
      if (wait.signal.aborted && prompt !== undefined) {
        const { signal } = ask;
        const promptId = prompt.id;
        const cancel = () =>
          execute(CancelUploadRequest, { promptId }, { signal, timeoutMs: UNDO_WITHIN_MS });
        await undo(cancel, { policy, signal });
      }
      wait.signal.throwIfAborted();
      throw error;
    } finally {
      wait.dispose();
      ask.dispose();
    }
  }

  return {
    requestUpload,

    async awaitResult(promptId, { signal, onProgress } = {}) {
      const wait = tiedController(signal);
      try {
        const { uploadPrompt } = await retrying(
          () => execute(GetUploadPrompt, { id: promptId }, { signal: wait.signal }),
          { policy, giveUpAfterMs: PROMPT_TIMEOUT_SECONDS * 1000, signal: wait.signal },
        );
        if (uploadPrompt === null)
          throw new AskfileError('NOT_FOUND', 'This agent has asked no such prompt.');
        const report = abortingOnThrow(wait.abort, onProgress);
        return await awaitResult({ execute, subscribe, policy }, uploadPrompt, {
          signal: wait.signal,
          onProgress: report,
        });
      } catch (error) {
        wait.signal.throwIfAborted();
        throw error;
      } finally {
        wait.dispose();
      }
    },

    async cancel(promptId) {
      return (await retrying(() => execute(CancelUploadRequest, { promptId }), { policy }))
        .cancelUploadRequest;
    },

    async viewer() {
      return (await retrying(() => execute(ViewerDocument, {}), { policy })).viewer;
    },

    async memory(urn) {
      return (await retrying(() => execute(GetMemory, { urn }), { policy })).memory ?? undefined;
    },

    assets: makeAssets({ execute, policy, fetch: options.fetch }),
  };
}
