import type { ActorRef } from '../../core/viewer.js';

export const erasureKinds = ['USER', 'AGENT', 'MEMORY', 'EXECUTION'] as const;
export type ErasureKind = (typeof erasureKinds)[number];

/** What is to be erased. */
export interface ErasureTarget {
  readonly orgId: string;
  readonly kind: ErasureKind;
  /** The person's `sub`, the agent's URN, the memory's id, or the execution's. */
  readonly subject: string;
}

/** An erasure that has begun and not come to its end. */
export interface Erasure extends ErasureTarget {
  readonly id: string;
  /** Whoever waits for a prompt that ends by it is told that they did. */
  readonly requestedBy: ActorRef;
}
