import type { Viewer } from '../core/viewer.js';

/**
 * Who a credential belongs to; `Bearer …`, the same over HTTP and WebSocket. null when none was given. Throws
 * `AppError('UNAUTHENTICATED')` when one was given that isn't valid, a passing fault when that cannot be told now.
 */
export type Authenticate = (credential: string | undefined) => Promise<Viewer | null>;

export interface ContextExtras {
  /** Also in the log, and in the extensions of masked errors. */
  readonly requestId: string;
  /** Where it comes from, as far as can be told. */
  readonly address: string;
  /** Aborted when the caller is gone or the operation has ended. */
  readonly signal: AbortSignal;
}

/** What resolvers get: called once per operation, and once per event of a subscription. Cheap, never throws. */
export type MakeContext<Context extends object> = (viewer: Viewer | null, extras: ContextExtras) => Context;
