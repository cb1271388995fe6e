import type { ActorRef } from '../../core/viewer.js';

/** Who did it, of which organization: a viewer, or the service itself. */
export interface AuditedBy extends ActorRef {
  readonly orgId: string;
}

/** What the service did on its own account. */
export const serviceActor: ActorRef = { kind: 'SERVICE_ACCOUNT', id: 'askfile' };

/** One act on record. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly actor: ActorRef;
  /** The operation's name in the schema, such as `createAppKey`; of the service's own acts a name like those. */
  readonly action: string;
  /** The id or URN of what was acted on. */
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}
