import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../core/errors.js';
import type { RequestContext } from '../graphql/apollo.js';
import type { FormatError } from '../graphql/format-error.js';
import type { AddressOf } from './address.js';
import type { Authenticate, MakeContext } from './caller.js';
import { answerCors, type IsOriginAllowed } from './origins.js';
import { readJson } from './request-body.js';
import { HttpRefusal, send, toHead, type Handler } from './respond.js';
import { toTarget } from './target.js';

export interface GraphqlHttpOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly authenticate: Authenticate;
  readonly makeContext: MakeContext<RequestContext>;
  readonly addressOf: AddressOf;
  readonly formatError: FormatError;
  readonly isOriginAllowed: IsOriginAllowed;
  /** 256 KiB by default. */
  readonly maxBodyBytes?: number;
}

/**
 * GraphQL over HTTP: POST with JSON, GET and HEAD for queries. A credential that isn't valid is refused with
 * 401 before anything is read; without one, the viewer is null and resolvers refuse.
 */
export function makeGraphqlHttp(options: GraphqlHttpOptions): Handler {
  const { apollo, authenticate, makeContext, addressOf, formatError, maxBodyBytes = 256 * 1024 } = options;

  return async (request, response, { requestId }) => {
    if (answerCors(request, response, options.isOriginAllowed)) return;
    try {
      const method = toMethod(request);
      const viewer = await authenticate(request.headers.authorization);
      const body = method === 'POST' ? await readJson(request, maxBodyBytes) : undefined;
      const address = addressOf(request);
      const signal = abortWhenGone(response);
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method,
          headers: toHeaders(request),
          search: `?${toTarget(request).query}`,
          body,
        },
        context: () => Promise.resolve(makeContext(viewer, { requestId, signal, address })),
      });
      if (answer.body.kind === 'chunked') throw new Error('Incremental delivery is not part of this API.');
      const { 'content-type': contentType = 'application/json', ...headers } = Object.fromEntries(
        answer.headers,
      );
      send(response, answer.status ?? 200, contentType, answer.body.string, headers);
    } catch (error) {
      // Gone in the middle of its body; nobody is there to be answered.
      if (response.destroyed) return;
      const { status, headers } = toHead(error);
      const shown =
        error instanceof HttpRefusal
          ? { message: error.message, extensions: { code: 'BAD_REQUEST' } }
          : formatError(error, requestId);
      send(response, status, toContentType(request), `${JSON.stringify({ errors: [shown] })}\n`, headers);
    }
  };
}

function toMethod({ method }: IncomingMessage): 'GET' | 'POST' {
  if (method === 'POST') return 'POST';
  // Node leaves the body out of an answer to HEAD by itself.
  if (method === 'GET' || method === 'HEAD') return 'GET';
  throw new HttpRefusal(405, 'GraphQL is asked by GET or POST.', { allow: 'GET, HEAD, POST, OPTIONS' });
}

/** Only what Apollo needs; the rest would be copied for every request. */
function toHeaders({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  if (headers.accept !== undefined) map.set('accept', headers.accept);
  if (headers['content-type'] !== undefined) map.set('content-type', headers['content-type']);
  return map;
}

function toContentType({ headers }: IncomingMessage): string {
  return headers.accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json; charset=utf-8'
    : 'application/json; charset=utf-8';
}

function abortWhenGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) {
      controller.abort(new AppError('BAD_USER_INPUT', 'The caller closed the connection.'));
    }
  });
  return controller.signal;
}
