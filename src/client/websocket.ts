/** The standard's WebSocket, or any that behaves like it, such as that of the package `ws`. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: string | string[],
) => { addEventListener(type: 'error', listener: () => void): void };

/** The one given, the platform's, or that of `ws` (Node before 22). Rejects where there is none. */
export async function findWebSocket(given: WebSocketConstructor | undefined): Promise<WebSocketConstructor> {
  if (given !== undefined) return withErrorListener(given);
  const { WebSocket: own } = globalThis as { WebSocket?: WebSocketConstructor }; // The DOM's types promise one everywhere.
  return withErrorListener(own ?? (await import('ws')).WebSocket);
}

/**
 * What graphql-ws uses of a socket, of one that could not even be made, such as where a page's policy forbids it:
 * thrown, that would be an unhandled rejection; so it is a connection that fails.
 */
class FailedSocket {
  onerror: ((cause: unknown) => void) | null = null;

  constructor(cause: unknown) {
    queueMicrotask(() => this.onerror?.(cause));
  }

  addEventListener(): void {}

  close(): void {}
}

/**
 * A `ws` socket that is closed while it connects emits `error` after graphql-ws has let go of it; without
 * a listener that would end the process.
 */
function withErrorListener(Base: WebSocketConstructor): WebSocketConstructor {
  return new Proxy(Base, {
    construct(target, [url, protocols]: ConstructorParameters<WebSocketConstructor>) {
      try {
        const socket = new target(url, protocols);
        socket.addEventListener('error', () => {});
        return socket;
      } catch (cause) {
        return new FailedSocket(cause);
      }
    },
  });
}
