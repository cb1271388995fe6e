import { tiedController } from './abort.js';
import { toAuthorization, type Token } from './endpoint.js';
import { AskfileError, isRecord, toAskfileError } from './errors.js';
import type { Operation } from './operation.js';

export interface ExecuteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the whole request; default 15,000. */
  readonly timeoutMs?: number;
}

/** One query or mutation. Rejects with `AskfileError`, or with the signal's reason. */
export type Execute = <Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  options?: ExecuteOptions,
) => Promise<Result>;

/** GraphQL over HTTP, one request each, no retries. */
export function makeExecute(deps: { url: string; token: Token; fetch: typeof fetch | undefined }): Execute {
  const { url, token } = deps;

  return async function execute<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    { signal, timeoutMs = 15_000 }: ExecuteOptions = {},
  ): Promise<Result> {
    signal?.throwIfAborted();
    const authorization = await toAuthorization(token);
    const request = tiedController(signal);
    const timer = setTimeout(
      () => request.abort(new Error(`No answer within ${timeoutMs / 1000} seconds.`)),
      timeoutMs,
    );
    let response: Response;
    let text: string;
    try {
      // Looked up on each call, so that a page may replace the global one later (tracing, tests).
      response = await (deps.fetch ?? fetch)(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          authorization,
        },
        body: JSON.stringify({ operationName: operation.name, query: operation.text, variables }),
        signal: request.signal,
      });
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      throw new AskfileError('SERVICE_UNREACHABLE', `${url} did not answer: ${reasonOf(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
      request.dispose();
    }
    // The service has validated the document that the type was generated from.
    return readData(url, response, text) as Result;
  };
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
