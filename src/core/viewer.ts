import { permissionDenied } from './errors.js';

export const actorKinds = ['USER', 'APP', 'SERVICE_ACCOUNT'] as const;
export type ActorKind = (typeof actorKinds)[number];

export const orgRoles = ['ADMIN', 'BUILDER', 'MEMBER', 'GUEST'] as const;
export type OrgRole = (typeof orgRoles)[number];

/** Whoever did something, as it is kept in rows: no name, so that a rename shows everywhere. */
export interface ActorRef {
  readonly kind: ActorKind;
  readonly id: string;
}

interface ViewerBase extends ActorRef {
  /** Our own id of the organization, a KSUID; never the `org` claim itself. */
  readonly orgId: string;
  readonly name: string | null;
  /** Which sign-in this is: the `sid` claim, or something stable of the token where it has none. */
  readonly sessionId: string;
  /** From when on the credential is refused; null for an app key, which ends only by revocation. */
  readonly expiresAt: Date | null;
}

/** A person in the portal. `id` is the `sub` claim. */
export interface UserViewer extends ViewerBase {
  readonly kind: 'USER';
  readonly orgRole: OrgRole;
}

/** A program of the organization. `id` is the `sub` claim. */
export interface ServiceAccountViewer extends ViewerBase {
  readonly kind: 'SERVICE_ACCOUNT';
  readonly orgRole: OrgRole | null;
}

/** An agent's runtime, by app key. `id` is the App's own id. */
export interface AppViewer extends ViewerBase {
  readonly kind: 'APP';
  readonly agentUrn: string;
  readonly appKeyId: string;
}

/** Who is asking. Made by `auth/` from a verified credential, and only there. */
export type Viewer = UserViewer | ServiceAccountViewer | AppViewer;

export function toActor(viewer: Viewer): ActorRef {
  return { kind: viewer.kind, id: viewer.id };
}

export function isOrgAdmin(viewer: Viewer): boolean {
  return viewer.kind === 'USER' && viewer.orgRole === 'ADMIN';
}

export function assertOrgAdmin(viewer: Viewer): asserts viewer is UserViewer {
  if (!isOrgAdmin(viewer)) {
    throw permissionDenied('Only an admin of the organization may do this.');
  }
}

export function assertUser(viewer: Viewer): asserts viewer is UserViewer {
  if (viewer.kind !== 'USER') throw permissionDenied('Only a signed-in person may do this.');
}

export function assertApp(viewer: Viewer): asserts viewer is AppViewer {
  if (viewer.kind !== 'APP') throw permissionDenied("Only an agent's App may do this.");
}
