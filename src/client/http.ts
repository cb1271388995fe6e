import { orAborted, tiedController } from './abort.js';
import { toAuthorization, toCredential, type Token } from './endpoint.js';
import { AskfileError, isRecord, toAskfileError } from './errors.js';
import type { Operation } from './operation.js';

export interface ExecuteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the whole request, with asking for the credential; default 15,000. */
  readonly timeoutMs?: number;
}

/** One query or mutation. Rejects with `AskfileError`, or with the signal's reason. */
export type Execute = <Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  options?: ExecuteOptions,
) => Promise<Result>;

/**
 * The service has refused this credential. Resolves with true once there is another one: what was refused is sent
 * again with that. With false the refusal stands.
 */
export type OnTokenRefused = (refused: string) => Promise<boolean>;

export interface ExecuteDeps {
  readonly url: string;
  readonly token: Token;
  readonly fetch: typeof fetch | undefined;
  /** Without it, every refusal stands. */
  readonly onTokenRefused?: OnTokenRefused | undefined;
}

/** GraphQL over HTTP, one request each, no retries but of what was refused with the credential. */
export function makeExecute({ url, token, fetch: fetchGiven, onTokenRefused }: ExecuteDeps): Execute {
  return async function execute<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    options: ExecuteOptions = {},
  ): Promise<Result> {
    const body = toBody(operation, variables);
    const { signal } = options;
    for (;;) {
      signal?.throwIfAborted();
      const limit = limited(options);
      let credential: string | undefined;
      try {
        credential = await toCredential(token, limit.signal);
        // The service has validated the document that the type was generated from.
        return (await send(credential, body, limit.signal)) as Result;
      } catch (error) {
        signal?.throwIfAborted();
        if (credential === undefined || onTokenRefused === undefined || !isUnauthenticated(error))
          throw error;
        // Its time was that of the request, which is over: people take their own.
        if (!(await orAborted(onTokenRefused(credential), signal))) throw error;
      } finally {
        limit.dispose();
      }
    }
  };

  async function send(
    credential: string,
    body: string,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      authorization: toAuthorization(credential),
    };
    let response: Response;
    let text: string;
    try {
      // Looked up on each call, so that a page may replace the global one later (tracing, tests).
      response = await (fetchGiven ?? fetch)(url, { method: 'POST', headers, body, signal });
      text = await response.text();
    } catch (cause) {
      throw new AskfileError('SERVICE_UNREACHABLE', `${url} did not answer: ${reasonOf(cause)}`, { cause });
    }
    return readData(url, response, text);
  }
}

/** Aborted with the caller's signal, and when the time for the request is over, the credential's included. */
function limited({ signal, timeoutMs = 15_000 }: ExecuteOptions) {
  const request = tiedController(signal);
  const abort = () => request.abort(new Error(`No answer within ${timeoutMs / 1000} seconds.`));
  const timer = setTimeout(abort, timeoutMs);
  return {
    signal: request.signal,
    dispose() {
      clearTimeout(timer);
      request.dispose();
    },
  };
}

/** Throws BAD_USER_INPUT for what JSON can't say, such as a BigInt or a circle in `metadata`. */
function toBody<Result, Variables>(operation: Operation<Result, Variables>, variables: Variables): string {
  try {
    return JSON.stringify({ operationName: operation.name, query: operation.text, variables });
  } catch (cause) {
    throw new AskfileError('BAD_USER_INPUT', `This can't be sent as JSON: ${reasonOf(cause)}`, { cause });
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AskfileError && error.code === 'UNAUTHENTICATED';
}

function readData(url: string, response: Response, text: string): Record<string, unknown> {
  const body = parseJson(text);
  const errors = isRecord(body) ? body['errors'] : undefined;
  if (Array.isArray(errors) && errors.length > 0) throw toAskfileError(errors);
  const data = isRecord(body) ? body['data'] : undefined;
  if (response.ok && isRecord(data)) return data;
  throw toHttpError(url, response);
}

/** An answer without GraphQL in it: from a proxy, a load balancer, or something else altogether. */
function toHttpError(url: string, { status, headers }: Response): AskfileError {
  const extensions = { status };
  if (status === 401) {
    return new AskfileError('UNAUTHENTICATED', `${url} did not accept the credential.`, { extensions });
  }
  if (status === 429) {
    const retryAfterSeconds = Number(headers.get('retry-after')) || 1;
    return new AskfileError('RATE_LIMITED', `${url} asks to slow down.`, {
      extensions: { status, retryAfterSeconds },
    });
  }
  if (status >= 500 || status === 408) {
    return new AskfileError('SERVICE_UNREACHABLE', `${url} answered ${status}.`, { extensions });
  }
  return new AskfileError(
    'UNEXPECTED_RESPONSE',
    `${url} answered ${status} without GraphQL: is the url right?`,
    {
      extensions,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; the error underneath does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
