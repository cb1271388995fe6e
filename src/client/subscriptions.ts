import { type Client, createClient } from 'graphql-ws/client';
import { onAborted, toError } from './abort.js';
import { toAuthorization, toCredential, type Token } from './endpoint.js';
import { AskfileError, toAskfileError } from './errors.js';
import type { Operation } from './operation.js';
import { findWebSocket, type WebSocketConstructor } from './websocket.js';

const CONNECT_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 30_000;
const PONG_TIMEOUT_MS = 10_000;

export interface SubscribeOptions<Result> {
  readonly onNext: (result: Result) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves when the service completes the subscription. Rejects with the service's `AskfileError`, with
 * SERVICE_UNREACHABLE when the connection can't be had or is lost, with what `onNext` throws, or with
 * the signal's reason.
 */
export type Subscribe = <Result, Variables extends Record<string, unknown>>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  options: SubscribeOptions<Result>,
) => Promise<void>;

/**
 * GraphQL over one WebSocket that all subscriptions share, open only while there are any. It never reconnects
 * by itself: whoever subscribes has something to read first, and decides when to try again.
 */
export function makeSubscribe(deps: {
  url: string;
  token: Token;
  webSocket: WebSocketConstructor | undefined;
}): Subscribe {
  const active = new Set<(error: AskfileError) => void>();
  let connecting: Promise<Client> | undefined;

  async function connect(): Promise<Client> {
    const webSocketImpl = await findWebSocket(deps.webSocket).catch((cause: unknown) => {
      throw new AskfileError('SERVICE_UNREACHABLE', 'There is no WebSocket here: install the package ws.', {
        cause,
      });
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const terminateIn = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => client.terminate(), ms);
    };
    const client = createClient({
      url: deps.url,
      webSocketImpl,
      connectionParams: async () => ({ authorization: toAuthorization(await toCredential(deps.token)) }),
      retryAttempts: 0,
      keepAlive: PING_EVERY_MS,
      on: {
        connecting: () => terminateIn(CONNECT_TIMEOUT_MS),
        connected: () => clearTimeout(timer),
        // A peer that is gone without a word (sleep, NAT) is noticed only by a pong that doesn't come.
        ping: (isReceived) => {
          if (!isReceived) terminateIn(PONG_TIMEOUT_MS);
        },
        pong: (isReceived) => {
          if (isReceived) clearTimeout(timer);
        },
        error: () => clearTimeout(timer),
        closed: (event) => {
          clearTimeout(timer);
          // graphql-ws would reconnect by itself, and at once, after a normal closure (1000).
          for (const drop of [...active]) drop(toDropError(deps.url, event));
        },
      },
    });
    return client;
  }

  return async function subscribe<Result, Variables extends Record<string, unknown>>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    { onNext, signal }: SubscribeOptions<Result>,
  ): Promise<void> {
    connecting ??= connect();
    const client = await connecting;
    signal?.throwIfAborted();
    return new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => {
        active.delete(drop);
        stop();
        unsubscribe();
        finish();
      };
      const drop = (error: AskfileError) => settle(() => reject(error));
      const stop = onAborted(signal, () => settle(() => reject(toError(signal?.reason))));
      const unsubscribe = client.subscribe<Result>(
        { operationName: operation.name, query: operation.text, variables },
        {
          next: ({ data, errors }) => {
            if (!active.has(drop)) return;
            if (errors !== undefined) {
              drop(toAskfileError(errors));
            } else if (data !== undefined && data !== null) {
              try {
                onNext(data);
              } catch (error) {
                settle(() => reject(toError(error)));
              }
            }
          },
          error: (error) => {
            settle(() => reject(Array.isArray(error) ? toAskfileError(error) : toDropError(deps.url, error)));
          },
          complete: () => settle(resolve),
        },
      );
      active.add(drop);
    });
  };
}

/** From a CloseEvent, an ErrorEvent, or what the token's function threw. */
function toDropError(url: string, cause: unknown): AskfileError {
  if (cause instanceof AskfileError) return cause;
  const { code, reason } = Object(cause) as { code?: unknown; reason?: unknown }; // Read only to be shown.
  const said =
    typeof code === 'number' ? ` (${code}${typeof reason === 'string' && reason ? ` ${reason}` : ''})` : '';
  return new AskfileError('SERVICE_UNREACHABLE', `No connection to ${url}${said}.`, { cause });
}
