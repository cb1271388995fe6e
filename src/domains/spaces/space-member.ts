import type { ActorRef } from '../../core/viewer.js';

/** Who has a role of the space's own; of an App, `id` is its own. */
export interface SpaceMember extends ActorRef {
  readonly spaceId: string;
  readonly roleId: string;
}

/** As a space lists them. */
export interface NamedMember extends SpaceMember {
  /** null when it is not known. */
  readonly name: string | null;
}
