import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

export interface MintTokenInput {
  /** AUTH_JWT_SECRET. */
  secret: string;
  sub: string;
  org: string;
  role?: 'admin' | 'builder' | 'member' | 'guest' | undefined;
  name?: string | undefined;
  /** A person when left out. */
  kind?: 'user' | 'service_account' | undefined;
  /** The sign-in that it belongs to; one of its own when left out. */
  sid?: string | undefined;
  expiresInSeconds: number;
  issuer?: string | undefined;
  audience?: string | undefined;
}

/** A token as an identity provider would give out, signed with HS256: for demos, tests and the command line. */
export function mintToken(input: MintTokenInput): Promise<string> {
  const { org, role, name, kind, sid = randomUUID() } = input;
  const now = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ org, org_role: role, name, kind, sid })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(input.sub)
    .setIssuedAt(now)
    .setExpirationTime(now + input.expiresInSeconds);
  if (input.issuer !== undefined) token.setIssuer(input.issuer);
  if (input.audience !== undefined) token.setAudience(input.audience);
  return token.sign(new TextEncoder().encode(input.secret));
}
