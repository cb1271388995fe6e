/** What travels over Redis: only which row changed and how new it is. Who may see it is decided on reading. */
export interface ChangeMessage {
  readonly id: string;
  readonly version: number;
}

/**
 * Wake-ups between processes. Nothing durable lives here: a lost message costs latency, never a result.
 */
export interface Channels {
  /**
   * Resolves once the subscription is confirmed by the broker, so that a read made afterwards leaves no gap.
   * The returned function ends it; calling it again does nothing.
   * Rejects when the broker cannot be reached.
   */
  open(channel: string, onMessage: (message: ChangeMessage) => void): Promise<() => void>;
  /** Fire and forget, after commit; a failure is logged, never thrown. */
  publish(channel: string, message: ChangeMessage): void;
  /** Called each time the broker is back and all subscriptions are confirmed anew. Returns its removal. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}
