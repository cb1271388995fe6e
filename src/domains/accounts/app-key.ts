import { createHash, randomBytes } from 'node:crypto';

/** What an agent's runtime signs in with. */
export interface AppKey {
  readonly id: string;
  readonly orgId: string;
  readonly agentUrn: string;
  readonly name: string;
  readonly createdAt: Date;
  /** To the minute; null: never used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Whom an app key that is in force stands for. */
export interface AppKeyOwner {
  readonly keyId: string;
  readonly orgId: string;
  readonly agentUrn: string;
  readonly agentName: string;
  readonly appId: string;
}

/** `ak_` and 32 random bytes. */
export function makeSecret(): string {
  return `ak_${randomBytes(32).toString('base64url')}`;
}

export function isSecret(text: string): boolean {
  return /^ak_[A-Za-z0-9_-]{43}$/.test(text);
}

/** A plain hash is enough for 256 random bits: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
