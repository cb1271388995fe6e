import type { ActorKind } from '../../core/viewer.js';

export interface Organization {
  readonly id: string;
  /** The `org` claim, as the identity provider knows it. */
  readonly externalId: string;
}

/** A person or a service account; `id` is the `sub` claim. */
export interface Account {
  readonly orgId: string;
  readonly kind: Exclude<ActorKind, 'APP'>;
  readonly id: string;
  readonly name: string | null;
}

/** As they are listed for the organization's admins. */
export type Person = Pick<Account, 'id' | 'name'>;

/** Who a verified token says that its bearer is. */
export interface Identity {
  readonly externalOrgId: string;
  readonly kind: Account['kind'];
  readonly id: string;
  /** null: the token does not say; a name known from before stays. */
  readonly name: string | null;
}

/** Whether it can be a `sub` or `org`: 1 to 255 characters that Postgres keeps apart, no controls. */
export function isExternalId(text: string): boolean {
  return text.length > 0 && text.length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(text);
}
