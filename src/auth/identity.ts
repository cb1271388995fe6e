import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { OrgRole } from '../core/viewer.js';
import { isExternalId, type Identity } from '../domains/accounts/account.js';
import { clockToleranceSeconds } from './jwt.js';

const externalId = z.string().refine(isExternalId);
const roles = {
  admin: 'ADMIN',
  builder: 'BUILDER',
  member: 'MEMBER',
  guest: 'GUEST',
} as const satisfies Record<string, OrgRole>;

/** Of a `Date`: beyond it there are none. */
const maxTimeSeconds = 8.64e12;

/** What a token must and may say; whatever else it says is left unread. */
const claims = z.object({
  sub: externalId,
  org: externalId,
  exp: z
    .number()
    .int()
    .positive()
    .max(maxTimeSeconds - clockToleranceSeconds),
  org_role: z.enum(['admin', 'builder', 'member', 'guest']).nullish(),
  kind: z.enum(['user', 'service_account']).nullish(),
  sid: externalId.nullish(),
  jti: externalId.nullish(),
  name: z.unknown().optional(),
});

/** A token's claims, in our words. */
export interface TokenIdentity extends Identity {
  readonly orgRole: OrgRole | null;
  readonly sessionId: string;
  /** From then on it is refused: its `exp`, and the leeway for clocks that differ. */
  readonly expiresAt: Date;
}

const maxNameLength = 255;

/** Of a payload whose signature, times, issuer and audience hold. undefined when a claim is missing or nonsense. */
export function toIdentity(payload: JWTPayload, token: string): TokenIdentity | undefined {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return undefined;
  const { sub, org, exp, org_role, kind, sid, jti, name } = parsed.data;
  return {
    externalOrgId: org,
    kind: kind === 'service_account' ? 'SERVICE_ACCOUNT' : 'USER',
    id: sub,
    name: toName(name),
    orgRole: org_role ? roles[org_role] : null,
    // Without `sid` each token is a sign-in of its own.
    sessionId: sid ?? jti ?? createHash('sha256').update(token).digest('base64url'),
    expiresAt: new Date((exp + clockToleranceSeconds) * 1000),
  };
}

/** A name is shown, never decided by: what cannot be shown is dropped instead of refusing the person. */
function toName(name: unknown): string | null {
  if (typeof name !== 'string') return null;
  const shown = name
    .slice(0, maxNameLength)
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  return shown === '' ? null : shown;
}
