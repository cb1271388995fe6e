import { createHmac, createPublicKey } from 'node:crypto';
import { startHttpServer } from '../support/http-server.js';
import { startKeySetServer } from '../support/key-set-server.js';
import { rawToken } from '../support/raw-token.js';
import { jwtSecret, makeSignIn } from '../support/sign-in.js';

type Provider = Awaited<ReturnType<typeof startKeySetServer>>;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const claims = {
  sub: 'mallory',
  org: 'acme',
  org_role: 'admin',
  exp: inSeconds(3600),
  iss: 'idp',
  aud: 'askfile',
};
const header = { alg: 'HS256', typ: 'JWT' };

let provider: Provider;
/** Whatever a token points to: nobody may ever look there. */
let attacker: Awaited<ReturnType<typeof startHttpServer>>;
let signIn: ReturnType<typeof makeSignIn>;

beforeAll(async () => {
  provider = await startKeySetServer();
  attacker = await startHttpServer((_request, response) => response.end('{"keys":[]}'));
  await provider.addKey('rsa', 'RS256');
  await provider.addKey('ec', 'ES256');
  signIn = makeSignIn({ jwtSecret, jwksUrl: provider.url, issuer: 'idp', audience: 'askfile' });
});
afterAll(async () => {
  await provider.close();
  await attacker.close();
});

const publicPem = () =>
  createPublicKey({ key: provider.publicJwk('rsa'), format: 'jwk' }).export({ type: 'spki', format: 'pem' });

/** Each as an attacker would make it; `sign` stands for the secret or key that they do have. */
const forgeries: Record<string, () => string | Promise<string>> = {
  'alg none without a signature': () => rawToken({ alg: 'none' }, claims),
  'alg NONE in capitals': () => rawToken({ alg: 'NONE' }, claims),
  'alg none with the signature of a real token left on': () => rawToken({ alg: 'none' }, claims, jwtSecret),
  'no alg at all': () => rawToken({ typ: 'JWT' }, claims, jwtSecret),
  'an alg that is no text': () => rawToken({ alg: ['HS256'] }, claims, jwtSecret),
  'an unsigned token that says HS256': () => rawToken(header, claims),
  'another secret': () => rawToken(header, claims, 'another secret that is long enough for it'),
  'an empty secret': () => rawToken(header, claims, ''),
  'HS512 with the right secret': () => rawToken({ ...header, alg: 'HS512' }, claims, jwtSecret, 'sha512'),
  'HS384 with the right secret': () => rawToken({ ...header, alg: 'HS384' }, claims, jwtSecret, 'sha384'),
  'HS256 with the public RSA key as its secret, as PEM': () =>
    rawToken({ ...header, kid: 'rsa' }, claims, publicPem()),
  'HS256 with the public RSA key as its secret, as its modulus': () =>
    rawToken({ ...header, kid: 'rsa' }, claims, Buffer.from(provider.publicJwk('rsa').n ?? '', 'base64url')),
  'HS256 with the public RSA key as its secret, as JWK': () =>
    rawToken({ ...header, kid: 'rsa' }, claims, JSON.stringify(provider.publicJwk('rsa'))),
  'RS256 in the header over an HMAC': () =>
    rawToken({ ...header, alg: 'RS256', kid: 'rsa' }, claims, jwtSecret),
  'ES256 in the header over a signature of zeros': () =>
    `${rawToken({ alg: 'ES256', kid: 'ec' }, claims)}${Buffer.alloc(64).toString('base64url')}`,
  'a key of the other kind for its alg': () => provider.sign('rsa', claims, { kid: 'ec' }),
  'a kid that nobody has': async () => {
    const token = await provider.sign('rsa', claims, { kid: 'unknown' });
    return token;
  },
  'a kid that is a path': () => rawToken({ ...header, kid: '../../../../dev/null' }, claims, ''),
  'a kid that is SQL': () => rawToken({ ...header, kid: "' union select 'x" }, claims, 'x'),
  'a jwk embedded in the header': () =>
    rawToken(
      { ...header, jwk: { kty: 'oct', k: Buffer.from('mine').toString('base64url') } },
      claims,
      'mine',
    ),
  'a jku of its own': () =>
    rawToken({ ...header, alg: 'RS256', jku: attacker.endpoint, kid: 'rsa' }, claims, 'mine'),
  'an x5u of its own': () =>
    rawToken({ ...header, alg: 'RS256', x5u: attacker.endpoint, kid: 'rsa' }, claims, 'mine'),
  'an x5c of its own': () => rawToken({ ...header, alg: 'RS256', x5c: ['MIIB'], kid: 'rsa' }, claims, 'mine'),
  'a critical extension': () => rawToken({ ...header, crit: ['exp'], exp: 1 }, claims, jwtSecret),
  'an unencoded payload': () => rawToken({ ...header, crit: ['b64'], b64: false }, claims, jwtSecret),
  'claims changed after they were signed': () => {
    const [head, , signature] = rawToken(header, { ...claims, org_role: 'guest' }, jwtSecret).split('.');
    const changed = rawToken(header, claims).split('.')[1];
    return `${head}.${changed}.${signature}`;
  },
  'a token without its last character': () => rawToken(header, claims, jwtSecret).slice(0, -2),
  'a token with a part too many': () => `${rawToken(header, claims, jwtSecret)}.x`,
  'an ID token, of another type': () => rawToken({ ...header, typ: 'id_token+jwt' }, claims, jwtSecret),
  'a logout token': () => rawToken({ ...header, typ: 'logout+jwt' }, claims, jwtSecret),
  'an encrypted token': () => rawToken({ alg: 'dir', enc: 'A256GCM' }, claims, jwtSecret),
  'another issuer': () => rawToken(header, { ...claims, iss: 'evil' }, jwtSecret),
  'another issuer of the same key set': () => provider.sign('rsa', { ...claims, iss: 'evil' }),
  'no issuer': () => rawToken(header, { ...claims, iss: undefined }, jwtSecret),
  'another audience': () => rawToken(header, { ...claims, aud: 'other' }, jwtSecret),
  'no audience': () => rawToken(header, { ...claims, aud: undefined }, jwtSecret),
  'no exp': () => rawToken(header, { ...claims, exp: undefined }, jwtSecret),
  'an exp that is text': () => rawToken(header, { ...claims, exp: String(claims.exp) }, jwtSecret),
  'an exp that passed': () => rawToken(header, { ...claims, exp: inSeconds(-10) }, jwtSecret),
  'an nbf to come': () => rawToken(header, { ...claims, nbf: inSeconds(60) }, jwtSecret),
  'no sub': () => rawToken(header, { ...claims, sub: undefined }, jwtSecret),
  'an empty sub': () => rawToken(header, { ...claims, sub: '' }, jwtSecret),
  'a sub that is a number': () => rawToken(header, { ...claims, sub: 1 }, jwtSecret),
  'a sub that is too long': () => rawToken(header, { ...claims, sub: 'x'.repeat(256) }, jwtSecret),
  'a sub with a NUL': () => rawToken(header, { ...claims, sub: 'alice\u0000' }, jwtSecret),
  'a sub with half a surrogate pair, which storage would take for another': () =>
    rawToken(header, { ...claims, sub: 'alice\ud800' }, jwtSecret),
  'no org': () => rawToken(header, { ...claims, org: undefined }, jwtSecret),
  'an org that is a list': () => rawToken(header, { ...claims, org: ['acme'] }, jwtSecret),
  'an unknown role': () => rawToken(header, { ...claims, org_role: 'owner' }, jwtSecret),
  'a role in capitals': () => rawToken(header, { ...claims, org_role: 'ADMIN' }, jwtSecret),
  'a role of the object prototype': () => rawToken(header, { ...claims, org_role: 'constructor' }, jwtSecret),
  'an unknown kind': () => rawToken(header, { ...claims, kind: 'app' }, jwtSecret),
  'a session that is no text': () => rawToken(header, { ...claims, sid: { $ne: null } }, jwtSecret),
  'a token of 100 kB': () => rawToken(header, { ...claims, padding: 'x'.repeat(100_000) }, jwtSecret),
  'claims that are no object': () => {
    const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from('"x"').toString('base64url')}`;
    return `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
  },
  'no token but some text': () => 'password',
  'two words': () => 'Basic YWxpY2U6c2VjcmV0',
  'dots alone': () => '..',
  'a byte order mark and NULs': () => '\ufeff\u0000.\u0000.\u0000',
};

test.each(Object.entries(forgeries))(
  '%s is refused, in the same words as all the others',
  async (_what, forge) => {
    const token = await forge();
    const before = signIn.admitted.length;
    for (const credential of [token, `Bearer ${token}`]) {
      await expect(signIn.authenticate(credential)).rejects.toMatchObject({
        name: 'AppError',
        code: 'UNAUTHENTICATED',
        message: 'This sign-in is not valid, or no longer. Sign in again.',
        extensions: {},
      });
    }
    expect(signIn.admitted).toHaveLength(before);
  },
);

test('the tokens that the forgeries were made from are good', async () => {
  for (const token of [
    rawToken(header, claims, jwtSecret),
    rawToken({ alg: 'HS256' }, claims, jwtSecret),
    rawToken({ ...header, typ: 'at+jwt' }, claims, jwtSecret),
    rawToken({ ...header, typ: 'application/at+JWT' }, claims, jwtSecret),
    await provider.sign('rsa', claims),
    await provider.sign('ec', claims),
  ]) {
    expect(await signIn.authenticate(`Bearer ${token}`)).toMatchObject({ id: 'mallory', orgRole: 'ADMIN' });
  }
});

test('nobody looked where the tokens pointed to', () => {
  expect(attacker.seen).toEqual([]);
});

test('a token signed by the key set is refused where there is only a secret, and the other way round', async () => {
  const bySecret = rawToken(header, claims, jwtSecret);
  const byKeySet = await provider.sign('rsa', claims);
  const onlySecret = makeSignIn({ jwtSecret });
  const onlyKeySet = makeSignIn({ jwksUrl: provider.url });
  expect(await onlySecret.authenticate(bySecret)).not.toBeNull();
  expect(await onlyKeySet.authenticate(byKeySet)).not.toBeNull();
  await expect(onlySecret.authenticate(byKeySet)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(onlyKeySet.authenticate(bySecret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  // With the public key, which an attacker knows, as the secret of HS256.
  const confused = rawToken({ ...header, kid: 'rsa' }, claims, publicPem());
  await expect(onlyKeySet.authenticate(confused)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
