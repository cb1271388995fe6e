import { makeAuthenticate, type AuthenticateDeps } from '../../src/auth/authenticate.js';
import type { Identity } from '../../src/domains/accounts/account.js';

export const jwtSecret = 'a secret of the tests, long enough for HS256';

const noKeys: AuthenticateDeps['appKeys'] = {
  findOwner: () => Promise.resolve(undefined),
  listIdsInForce: () => Promise.resolve([]),
};

/** Sign-in without a database: remembers which identities were let through to it. */
export function makeSignIn(
  auth: Partial<AuthenticateDeps['auth']> = { jwtSecret },
  deps: Partial<AuthenticateDeps> = {},
) {
  const admitted: Identity[] = [];
  const settings = { jwtSecret: null, jwksUrl: null, issuer: null, audience: null, ...auth };
  const accounts = {
    admit: (identity: Identity) => {
      admitted.push(identity);
      return Promise.resolve(`id of ${identity.externalOrgId}`);
    },
  };
  return { admitted, ...makeAuthenticate({ auth: settings, accounts, appKeys: noKeys, ...deps }) };
}
