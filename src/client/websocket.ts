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
 * A `ws` socket that is closed while it connects emits `error` after graphql-ws has let go of it; without
 * a listener that would end the process.
 */
function withErrorListener(Base: WebSocketConstructor): WebSocketConstructor {
  return class extends Base {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('error', () => {});
    }
  };
}
