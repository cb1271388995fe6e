import { randomUUID } from 'node:crypto';
import { mintToken } from '../../auth/mint-token.js';
import type { Config } from '../../config.js';
import { demoOrg } from '../../demo/cast.js';
import { readCredentials } from '../../embedded/credentials.js';

const LIFETIME_SECONDS = 12 * 3600;

/**
 * Tokens as an identity provider would give them out, for a service that shares our settings or data directory.
 * Throws, in words, when there is no secret to sign with.
 */
export function makeTokens(config: Config) {
  const sessionId = randomUUID();

  async function mint(sub: string, name: string, role: 'admin' | 'member'): Promise<string> {
    const { issuer, audience } = config.auth;
    return mintToken({
      secret: await readSecret(config),
      sub,
      name,
      role,
      org: demoOrg,
      sid: `${sessionId}-${sub}`,
      expiresInSeconds: LIFETIME_SECONDS,
      issuer: issuer ?? undefined,
      audience: audience ?? undefined,
    });
  }

  return {
    admin: () => mint('demo-admin', 'Demo admin', 'admin'),
    person: (userId: string) => mint(userId, userId.charAt(0).toUpperCase() + userId.slice(1), 'member'),
  };
}

async function readSecret({ auth, dataDir }: Config): Promise<string> {
  const secret = auth.jwtSecret ?? (await readCredentials(dataDir))?.jwtSecret;
  if (secret !== undefined) return secret;
  throw new Error(
    `There is no secret here to make tokens with: AUTH_JWT_SECRET is not set, and ${dataDir} holds none. ` +
      'For a service that runs elsewhere, give --token and --admin-token (or --app-key).',
  );
}
