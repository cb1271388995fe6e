import { delay } from '../../client/abort.js';
import { AskfileError, createPortalClient, type Token } from '../../client/index.js';
import { isTransient } from '../../client/retry.js';
import { openPortal, type Portal } from '../state/portal.js';
import { readServiceInfo } from '../state/service.js';
import { makeUnlocking } from '../state/unlocking.js';
import { makeStore, type Readable } from '../state/store.js';

export interface SessionState {
  /** undefined until the service has answered, and after the sign-in has ended. */
  readonly portal: Portal | undefined;
  /** The latest: one that is transient is being tried again, any other has ended the session. */
  readonly error: unknown;
}

export interface Session {
  readonly state: Readable<SessionState>;
  /** Whether it has ended by itself: with the sign-in, or for an address that is none. */
  readonly hasEnded: () => boolean;
  close(): void;
}

export interface SessionOptions {
  /** The service's address, as the client takes it. */
  readonly url: string;
  readonly token: Token;
}

const retryEveryMs = 10_000;

/** Follows the requests of the token's person until `close`; a service that is away is tried until it is there. */
export function openSession({ url, token }: SessionOptions): Session {
  const store = makeStore<SessionState>({ portal: undefined, error: undefined });
  const stop = new AbortController();
  const { signal } = stop;

  /** Everything that was open is closed. */
  function end(error: unknown): void {
    const { portal } = store.get();
    stop.abort();
    store.set({ portal: undefined, error });
    portal?.close();
  }

  async function connect(): Promise<void> {
    const unlocking = makeUnlocking();
    const client = createPortalClient({ url, token, onLocked: unlocking.ask });
    const { now } = await readServiceInfo(url.replace(/\/+$/, '').replace(/\/graphql$/, '')).catch(
      (cause: unknown) => {
        throw toUnreachable(url, cause);
      },
    );
    const viewer = await client.viewer();
    if (signal.aborted) return;
    const portal = openPortal({
      client,
      unlocking,
      viewer,
      now,
      onNew: () => {},
      onError: (error) => {
        if (!signal.aborted) end(error);
      },
    });
    store.set({ portal, error: undefined });
  }

  async function keepConnecting(): Promise<void> {
    while (!signal.aborted) {
      try {
        return await connect();
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) return end(error);
        // Told once; that it is tried again is nothing new.
        if (store.get().error === undefined) store.set({ portal: undefined, error });
        await delay(retryEveryMs, signal).catch(() => undefined);
      }
    }
  }

  void keepConnecting();
  return {
    state: store,
    hasEnded: () => signal.aborted,
    close() {
      stop.abort();
      store.get().portal?.close();
    },
  };
}

function toUnreachable(url: string, cause: unknown): AskfileError {
  const message = `${url} can't be reached from ${location.origin}: is that among its ALLOWED_ORIGINS?`;
  return new AskfileError('SERVICE_UNREACHABLE', message, { cause });
}
