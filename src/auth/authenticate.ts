import { AppError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { Accounts } from '../domains/accounts/account.service.js';
import type { AppKeys } from '../domains/accounts/app-key.service.js';
import { makeAppKeySignIn } from './app-key.js';
import { toIdentity, type TokenIdentity } from './identity.js';
import { makeJwtVerifier, type JwtSettings } from './jwt.js';

export interface AuthenticateDeps {
  auth: JwtSettings;
  accounts: Pick<Accounts, 'admit'>;
  appKeys: Pick<AppKeys, 'findOwner' | 'listIdsInForce'>;
  now?: () => Date;
}

export type Authenticator = ReturnType<typeof makeAuthenticate>;

/** Turns credentials into viewers: the only place that does. */
export function makeAuthenticate({ auth, accounts, appKeys, now = () => new Date() }: AuthenticateDeps) {
  const verify = makeJwtVerifier(auth, now);
  const keys = makeAppKeySignIn(appKeys);

  return {
    /**
     * `credential` is what `Authorization` holds, over HTTP and over WebSocket alike: `Bearer <token>` or the token
     * alone. null when there is none. Throws UNAUTHENTICATED for one that does not hold, without saying why;
     * a passing fault when the identity provider cannot be asked.
     */
    async authenticate(credential: string | undefined): Promise<Viewer | null> {
      const token = (credential ?? '').trim().replace(/^Bearer(?:\s+|$)/i, '');
      if (token === '') {
        if (credential?.trim()) throw refused();
        return null;
      }
      const viewer = keys.isAppKey(token) ? await keys.signIn(token) : await signInByToken(token);
      if (viewer === undefined) throw refused();
      return viewer;
    },

    /** Whether a viewer of a while ago may still act: the token has not ended, the app key is not revoked. */
    async isStillValid(viewer: Viewer): Promise<boolean> {
      if (viewer.expiresAt !== null && viewer.expiresAt <= now()) return false;
      return viewer.kind === 'APP' ? keys.isInForce(viewer.appKeyId) : true;
    },
  };

  async function signInByToken(token: string): Promise<Viewer | undefined> {
    const payload = await verify(token);
    const identity = payload && toIdentity(payload, token);
    return identity && toViewer(identity, await accounts.admit(identity));
  }
}

function toViewer(identity: TokenIdentity, orgId: string): Viewer {
  const { kind, id, name, orgRole, sessionId, expiresAt } = identity;
  const viewer = { id, orgId, name, sessionId, expiresAt };
  if (kind === 'SERVICE_ACCOUNT') return { ...viewer, kind, orgRole };
  // Who is in the organization without a role is an ordinary member of it.
  return { ...viewer, kind, orgRole: orgRole ?? 'MEMBER' };
}

function refused(): AppError {
  return new AppError('UNAUTHENTICATED', 'This sign-in is not valid, or no longer. Sign in again.');
}
