import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { startHttpServer } from './http-server.js';

/** An identity provider: asymmetric keys, served as a JWK set over HTTP on loopback, and tokens signed by them. */
export async function startKeySetServer() {
  const keys = new Map<string, { alg: string; privateKey: CryptoKey; publicJwk: JWK }>();
  let isUp = true;
  const server = await startHttpServer((_request, response) => {
    if (!isUp) return void response.writeHead(503).end();
    const set = { keys: [...keys.values()].map(({ publicJwk }) => publicJwk) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(set));
  });

  return {
    url: `${server.endpoint}/keys`,
    fetches: () => server.seen.length,
    setUp: (up: boolean) => (isUp = up),
    close: () => server.close(),

    async addKey(kid: string, alg: string): Promise<void> {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      keys.set(kid, {
        alg,
        privateKey,
        publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
      });
    },

    publicJwk(kid: string): JWK {
      return find(kid).publicJwk;
    },

    sign(kid: string, payload: JWTPayload, header: { kid?: string; alg?: string } = {}): Promise<string> {
      const { alg, privateKey } = find(kid);
      return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
    },
  };

  function find(kid: string) {
    const key = keys.get(kid);
    if (key === undefined) throw new Error(`there is no key ${kid}`);
    return key;
  }
}
