import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, isPassingFault } from '../core/errors.js';
import type { Log } from '../core/log.js';

/** Apollo's names for what is wrong with a request itself. */
const requestCodes = new Set<unknown>([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

/** graphql-js quotes the value that it refuses, whole. */
const maxMessageChars = 500;

/**
 * What a caller gets to see of an error, over HTTP and WebSocket alike: an AppError as it is, mistakes in the
 * request with a code of Apollo's (and `field` where it can be told), everything else masked as
 * INTERNAL_SERVER_ERROR. The `requestId` of that code is found in the log beside the error itself. Never throws.
 */
export type FormatError = (error: unknown, requestId?: string) => GraphQLFormattedError;

export function makeFormatError({ log }: { log: Log }): FormatError {
  return (error, requestId = randomUUID()) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const origin = toOrigin(error);
    if (isRefusal(origin)) {
      if (origin.cause !== undefined) {
        log.warn(
          { error: origin, requestId, path: toPath(located) },
          'refused because of a fault underneath',
        );
      }
      const shown = { ...origin.extensions, code: origin.code };
      return toShown(located, origin.message, isPassingFault(origin) ? { ...shown, requestId } : shown);
    }
    if (isMistakeInRequest(error, origin)) {
      // The outer message: graphql-js says there which variable the inner one is about.
      const message = toShort(error.message);
      return toShown(error, message, { code: toRequestCode(error), ...toField(message) });
    }
    log.error({ error: origin, requestId, path: toPath(located) }, 'unexpected error in an operation');
    return toShown(located, 'Something went wrong on our side.', {
      code: 'INTERNAL_SERVER_ERROR',
      requestId,
    });
  };
}

/** Neither a refusal nor a mistake of the caller's: a fault of ours, or of what we stand on, which may pass. */
export function isUnexpected(error: unknown): boolean {
  const origin = toOrigin(error);
  return !isRefusal(origin) && !isMistakeInRequest(error, origin);
}

/** What was thrown in the first place; graphql-js and Apollo wrap it, each in its own error. */
function toOrigin(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

function isRefusal(origin: unknown): origin is AppError {
  return origin instanceof AppError && (origin.code !== 'INTERNAL_SERVER_ERROR' || isPassingFault(origin));
}

/**
 * Without a path, nothing was executed yet: syntax, validation, variables, choice of operation. With a path,
 * only graphql-js refusing an argument points at a place in the document by itself; a scalar that can't
 * serialize what a resolver returned does not, and its message quotes data.
 */
function isMistakeInRequest(located: unknown, origin: unknown): located is GraphQLError {
  if (!(located instanceof GraphQLError && origin instanceof GraphQLError)) return false;
  if (located.path === undefined) return located.extensions['code'] !== 'INTERNAL_SERVER_ERROR';
  return origin.path === undefined && origin.nodes !== undefined;
}

function toRequestCode(error: GraphQLError): string {
  const code = error.extensions['code'];
  return typeof code === 'string' && requestCodes.has(code) ? code : 'BAD_USER_INPUT';
}

/** From the message, because graphql-js gives no other trace of the name. */
function toField(message: string): { field?: string } {
  const match =
    /^Variable "\$\w+" got invalid value .* at "([\w.[\]]+)"; /s.exec(message) ??
    /^Variable "\$(\w+)"/.exec(message) ??
    /^Argument "(\w+)"/.exec(message) ??
    /\bargument "(\w+)"/.exec(message) ??
    /^Field "\w+\.(\w+)" of required type/.exec(message);
  return match?.[1] === undefined ? {} : { field: match[1] };
}

function toShort(message: string): string {
  // The end says what was expected, the beginning which variable it is about.
  return message.length <= maxMessageChars
    ? message
    : `${message.slice(0, maxMessageChars / 2)} … ${message.slice(-maxMessageChars / 2)}`;
}

function toPath(error: GraphQLError | undefined): string | undefined {
  return error?.path?.join('.');
}

function toShown(
  { locations, path }: Pick<GraphQLError, 'locations' | 'path'> = { locations: undefined, path: undefined },
  message: string,
  extensions: Record<string, unknown>,
): GraphQLFormattedError {
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions,
  };
}
