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
 * The credential as it is now, the same over HTTP and WebSocket. An `AskfileError` of the function is passed on;
 * anything else that it throws is SERVICE_UNREACHABLE, since most functions ask a service themselves.
 */
export async function toCredential(token: Token): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    return await token();
  } catch (cause) {
    if (cause instanceof AskfileError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AskfileError('SERVICE_UNREACHABLE', `The token could not be had: ${reason}`, { cause });
  }
}
