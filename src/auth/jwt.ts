import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type ProtectedHeaderParameters,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { passingFault } from '../core/errors.js';

export interface JwtSettings {
  /** For HS256. */
  readonly jwtSecret: string | null;
  /** For every other algorithm. */
  readonly jwksUrl: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Seconds by which clocks may differ. */
export const clockToleranceSeconds = 5;

const asymmetric = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Access tokens; not ID, logout or security event tokens, which the same provider may sign with the same key. */
const types = ['jwt', 'at+jwt'];

/** A longer one is no access token; hashing it would only cost. */
const maxTokenLength = 8192;

const rememberedMs = 60_000;
/** Tokens of a few hundred bytes. */
const maxRemembered = 10_000;

/**
 * Verifies tokens. Each of the two ways has its own key and its own fixed list of algorithms, and the token's
 * header only chooses between them: keys that it embeds or points to (jwk, jku, x5c, x5u) are never looked at,
 * and a public key can never be taken for a secret.
 */
export function makeJwtVerifier({ jwtSecret, jwksUrl, issuer, audience }: JwtSettings, now: () => Date) {
  const secret = jwtSecret === null ? undefined : new TextEncoder().encode(jwtSecret);
  const keySet = jwksUrl === null ? undefined : makeKeySet(jwksUrl);

  /** Verifying costs a tenth of a whole request; a token comes again with each. */
  const remembered = new LRUCache<string, { payload: JWTPayload; verifiedAt: number }>({
    max: maxRemembered,
  });

  /**
   * The payload of a token that holds; undefined when it does not. Throws a passing fault when the key set cannot be
   * had, which says nothing about the token. One that held a moment ago holds until it expires, or for a minute:
   * within that, a key that was withdrawn is noticed.
   */
  return async function verify(token: string): Promise<JWTPayload | undefined> {
    const time = now().getTime();
    const known = remembered.get(token);
    if (known !== undefined && isFresh(known, time)) return known.payload;
    const payload = await verifySigned(token);
    if (payload === undefined) remembered.delete(token);
    else remembered.set(token, { payload, verifiedAt: time });
    return payload;
  };

  async function verifySigned(token: string): Promise<JWTPayload | undefined> {
    const header = token.length > maxTokenLength ? undefined : readHeader(token);
    if (header === undefined || !isAcceptable(header)) return undefined;
    const options: JWTVerifyOptions = {
      clockTolerance: clockToleranceSeconds,
      currentDate: now(),
      requiredClaims: ['exp', 'sub', 'org'],
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
    };
    try {
      if (header.alg === 'HS256') {
        if (secret === undefined) return undefined;
        return (await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })).payload;
      }
      if (keySet === undefined) return undefined;
      return (await jwtVerify(token, keySet, { ...options, algorithms: asymmetric })).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

function isFresh(
  { payload, verifiedAt }: { payload: JWTPayload; verifiedAt: number },
  time: number,
): boolean {
  // What is past its `exp`, or of the future, is for the leeway of a full verification to decide.
  return time >= verifiedAt && time < verifiedAt + rememberedMs && time < (payload.exp ?? 0) * 1000;
}

function readHeader(token: string): ProtectedHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/** We understand no critical extension, so a token that has one is refused (RFC 7515, 4.1.11). */
function isAcceptable({ typ, crit }: ProtectedHeaderParameters): boolean {
  if (crit !== undefined) return false;
  return (
    typ === undefined ||
    (typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, '')))
  );
}

/** Kept for ten minutes; an unknown `kid` has it fetched anew, at most every half minute. */
function makeKeySet(url: string): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw passingFault('Your sign-in cannot be checked at the moment. Try again in a few seconds.', {
        retryAfterSeconds: 5,
        cause: new Error('the key set of AUTH_JWKS_URL could not be read', { cause: error }),
      });
    }
  };
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
