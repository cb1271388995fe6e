import { orAborted } from './abort.js';
import { AskfileError } from './errors.js';

/** A credential, or a function that is asked anew for every request and every connection. */
export type Token = string | (() => string | Promise<string>);

/** `url` is the service's address, with or without the final `/graphql`. Throws BAD_USER_INPUT when it is none. */
export function toEndpoints(url: string): { http: string; webSocket: string } {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new AskfileError('BAD_USER_INPUT', `url must be like https://askfile.example.com, not ${url}`, {
      extensions: { field: 'url' },
    });
  }
  const path = base.pathname.replace(/\/+$/, '');
  const http = `${base.origin}${path.endsWith('/graphql') ? path : `${path}/graphql`}`;
  return { http, webSocket: http.replace(/^http/, 'ws') };
}

/**
 * What was given as the option `name`. Throws BAD_USER_INPUT where it is no token at all, such as what a variable of
 * the environment is that was not set.
 */
export function toToken(given: unknown, name: string): Token {
  // What a function resolves with is looked at when it is asked.
  if (typeof given === 'string' || typeof given === 'function') return given as Token;
  const message = `${name} must be a credential, or a function that gives one, not ${given === null ? 'null' : typeof given}.`;
  throw new AskfileError('BAD_USER_INPUT', message, { extensions: { field: name } });
}

/**
 * The credential as it is now, '' where there is none, the same over HTTP and WebSocket. An `AskfileError` of the
 * function is passed on; anything else that it throws is SERVICE_UNREACHABLE, since most functions ask a service
 * themselves; the signal's reason too, where that is aborted first.
 */
export async function toCredential(token: Token, signal?: AbortSignal): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    const given: unknown = await orAborted(Promise.resolve(token()), signal);
    return typeof given === 'string' ? given : '';
  } catch (cause) {
    if (cause instanceof AskfileError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AskfileError('SERVICE_UNREACHABLE', `The token could not be had: ${reason}`, { cause });
  }
}

/**
 * How the credential is sent. Throws UNAUTHENTICATED for one that can't be: none, as a function gives while nobody is
 * signed in, or with characters that no header takes. Never tells it.
 */
export function toAuthorization(credential: string): string {
  if (credential.trim() === '') {
    throw new AskfileError('UNAUTHENTICATED', 'There is no credential to send.');
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(credential.trim())) {
    throw new AskfileError('UNAUTHENTICATED', 'The credential has characters that no credential has.');
  }
  return `Bearer ${credential}`;
}
