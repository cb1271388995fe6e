import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mintToken, type MintTokenInput } from '../../src/auth/mint-token.js';
import { startKeySetServer } from '../support/key-set-server.js';
import { rawToken } from '../support/raw-token.js';
import { appViewer, userViewer } from '../support/people.js';
import { jwtSecret, makeSignIn } from '../support/sign-in.js';

const now = new Date('2030-01-01T00:00:00Z');
const nowSeconds = now.getTime() / 1000;
const mint = (input: Partial<MintTokenInput> = {}) =>
  mintToken({ secret: jwtSecret, sub: 'alice', org: 'acme', expiresInSeconds: 60, ...input });
const sign = (claims: object) =>
  rawToken({ alg: 'HS256' }, { sub: 'alice', org: 'acme', exp: nowSeconds + 60, ...claims }, jwtSecret);

describe('a token', () => {
  test('makes its bearer a viewer of their organization', async () => {
    const { authenticate, admitted } = makeSignIn();
    const token = await mint({ role: 'builder', name: 'Alice', sid: 's1' });
    expect(await authenticate(`Bearer ${token}`)).toEqual({
      kind: 'USER',
      id: 'alice',
      orgId: 'id of acme',
      orgRole: 'BUILDER',
      name: 'Alice',
      sessionId: 's1',
      expiresAt: expect.any(Date) as Date,
    });
    expect(admitted).toMatchObject([{ externalOrgId: 'acme', kind: 'USER', id: 'alice', name: 'Alice' }]);
  });

  test('means the same with and without Bearer, in any case and spacing', async () => {
    const { authenticate } = makeSignIn();
    const token = await mint();
    const viewer = await authenticate(token);
    for (const credential of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token} `, ` ${token}`]) {
      expect(await authenticate(credential)).toEqual(viewer);
    }
  });

  test.each([
    ['admin', 'ADMIN'],
    ['builder', 'BUILDER'],
    ['member', 'MEMBER'],
    ['guest', 'GUEST'],
    [undefined, 'MEMBER'],
    [null, 'MEMBER'],
  ])('of a person with the role %p makes them %s', async (org_role, orgRole) => {
    expect(
      await makeSignIn({ jwtSecret }, { now: () => now }).authenticate(sign({ org_role })),
    ).toMatchObject({
      orgRole,
    });
  });

  test('of a service account makes one, whose role may be none', async () => {
    const { authenticate } = makeSignIn();
    const kind = 'service_account';
    expect(await authenticate(await mint({ kind }))).toMatchObject({
      kind: 'SERVICE_ACCOUNT',
      orgRole: null,
    });
    expect(await authenticate(await mint({ kind, role: 'guest' }))).toMatchObject({ orgRole: 'GUEST' });
  });

  test('names its session: sid, else jti, else something of its own', async () => {
    const { authenticate } = makeSignIn({ jwtSecret }, { now: () => now });
    const sessionOf = async (claims: object) => (await authenticate(sign(claims)))?.sessionId;
    expect(await sessionOf({ sid: 's', jti: 'j' })).toBe('s');
    expect(await sessionOf({ jti: 'j' })).toBe('j');
    expect(await sessionOf({})).toBe(createHash('sha256').update(sign({})).digest('base64url'));
    expect(await sessionOf({ iat: 1 })).not.toBe(await sessionOf({ iat: 2 }));
  });

  test('is shown by a name without what cannot be shown, if it has one', async () => {
    const { authenticate } = makeSignIn({ jwtSecret }, { now: () => now });
    const nameOf = async (name: unknown) => (await authenticate(sign({ name })))?.name;
    expect(await nameOf('  Zoë 🦊 ')).toBe('Zoë 🦊');
    expect(await nameOf('a\u0000b\u202ec\ud800')).toBe('abc');
    expect(await nameOf('x'.repeat(1000))).toHaveLength(255);
    expect(await nameOf(`${'x'.repeat(254)}🦊`)).toHaveLength(254);
    for (const none of ['', ' \n ', 7, null, undefined, {}]) expect(await nameOf(none)).toBeNull();
  });

  test('holds until five seconds after its end, and from five seconds before its beginning', async () => {
    const { authenticate } = makeSignIn({ jwtSecret }, { now: () => now });
    const holds = (claims: object) =>
      authenticate(sign(claims)).then(
        () => true,
        () => false,
      );
    expect(await holds({ exp: nowSeconds - 4 })).toBe(true);
    expect(await holds({ exp: nowSeconds - 5 })).toBe(false);
    expect(await holds({ nbf: nowSeconds + 5 })).toBe(true);
    expect(await holds({ nbf: nowSeconds + 6 })).toBe(false);
  });

  test('that would end after the last of all dates is refused', async () => {
    const { authenticate } = makeSignIn({ jwtSecret }, { now: () => now });
    const last = 8.64e12 - 5;
    expect((await authenticate(sign({ exp: last })))?.expiresAt?.getTime()).toBe(8.64e15);
    for (const exp of [last + 1, 8.64e12 + 1, Number.MAX_SAFE_INTEGER, 1e300]) {
      await expect(authenticate(sign({ exp }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  test('that comes again ends as it would have, the first time', async () => {
    let time = now;
    const { authenticate } = makeSignIn({ jwtSecret }, { now: () => time });
    const [early, token] = [sign({ nbf: nowSeconds + 30 }), sign({})];
    await expect(authenticate(early)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const [seconds, holds] of [
      [0, true],
      [1, true],
      [59, true],
      [64, true],
      [65, false],
      [59, true],
    ] as const) {
      time = new Date((nowSeconds + seconds) * 1000);
      const signedIn = await authenticate(token).catch(() => null);
      expect([seconds, signedIn?.id]).toEqual([seconds, holds ? 'alice' : undefined]);
    }
    expect(await authenticate(early)).toMatchObject({ id: 'alice' });
  });

  test('may name several audiences, of which ours is one', async () => {
    const { authenticate } = makeSignIn({ jwtSecret, audience: 'askfile' }, { now: () => now });
    expect(await authenticate(sign({ aud: ['other', 'askfile'] }))).not.toBeNull();
  });

  test('that was minted carries issuer and audience, and a session of its own each time', async () => {
    const { authenticate } = makeSignIn({ jwtSecret, issuer: 'idp', audience: 'askfile' });
    const input = { issuer: 'idp', audience: 'askfile' };
    const sessions = [await authenticate(await mint(input)), await authenticate(await mint(input))];
    expect(sessions[0]?.sessionId).not.toBe(sessions[1]?.sessionId);
  });
});

test.each([undefined, '', '  '])('no credential (%j) is nobody', async (credential) => {
  expect(await makeSignIn().authenticate(credential)).toBeNull();
});

test.each(['Bearer', 'Bearer ', 'bearer  '])(
  'a credential without a token (%j) is refused',
  async (credential) => {
    await expect(makeSignIn().authenticate(credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  },
);

test('a fault of the database is not taken for a bad credential', async () => {
  const accounts = { admit: () => Promise.reject(new Error('down')) };
  await expect(makeSignIn({ jwtSecret }, { accounts }).authenticate(await mint())).rejects.toThrow('down');
});

describe('a key set', () => {
  const claims = { sub: 'alice', org: 'acme', exp: Math.floor(Date.now() / 1000) + 60 };
  let provider: Awaited<ReturnType<typeof startKeySetServer>>;
  beforeEach(async () => (provider = await startKeySetServer()));
  afterEach(() => provider.close());

  test.each(['RS256', 'PS512', 'ES384', 'EdDSA'])('verifies %s', async (alg) => {
    await provider.addKey('key', alg);
    const { authenticate } = makeSignIn({ jwksUrl: provider.url });
    expect(await authenticate(await provider.sign('key', claims))).toMatchObject({ id: 'alice' });
  });

  test('is fetched once for many tokens', async () => {
    await provider.addKey('key', 'ES256');
    const { authenticate } = makeSignIn({ jwksUrl: provider.url });
    const token = await provider.sign('key', claims);
    await Promise.all(Array.from({ length: 10 }, () => authenticate(token)));
    await authenticate(token);
    expect(provider.fetches()).toBe(1);
  });

  test('is not fetched for tokens that could not hold anyway, nor anew for each unknown key', async () => {
    await provider.addKey('key', 'ES256');
    const { authenticate } = makeSignIn({ jwksUrl: provider.url });
    await expect(authenticate(rawToken({ alg: 'none' }, claims))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(provider.fetches()).toBe(0);
    const token = await provider.sign('key', claims, { kid: 'unknown' });
    for (let i = 0; i < 5; i++) {
      await expect(authenticate(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(provider.fetches()).toBe(1);
  });

  test('that cannot be had says nothing about the token, and is asked again', async () => {
    await provider.addKey('key', 'ES256');
    provider.setUp(false);
    const { authenticate } = makeSignIn({ jwksUrl: provider.url });
    const token = await provider.sign('key', claims);
    await expect(authenticate(token)).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      extensions: { retryAfterSeconds: 5 },
    });
    provider.setUp(true);
    expect(await authenticate(token)).toMatchObject({ id: 'alice' });
  });
});

describe('a viewer of a while ago', () => {
  test('is valid for as long as the token is accepted, its last seconds included', async () => {
    let time = new Date(now);
    const { authenticate, isStillValid } = makeSignIn({ jwtSecret }, { now: () => time });
    const viewer = await authenticate(sign({}));
    if (viewer === null) throw new Error('nobody signed in');
    for (const [ms, isValid] of [
      [0, true],
      [60_000, true],
      [64_999, true],
      [65_000, false],
    ] as const) {
      time = new Date(now.getTime() + ms);
      const isAccepted = await authenticate(sign({})).then(
        () => true,
        () => false,
      );
      expect([ms, isAccepted, await isStillValid(viewer)]).toEqual([ms, isValid, isValid]);
    }
    expect(viewer.expiresAt).toEqual(time);
  });

  test('by app key is valid until it is revoked; many ask with one query', async () => {
    const listIdsInForce = jest.fn((ids: readonly string[]) =>
      Promise.resolve(ids.filter((id) => id === 'in force')),
    );
    const appKeys = { listIdsInForce, findOwner: () => Promise.resolve(undefined) };
    const { isStillValid } = makeSignIn({ jwtSecret }, { appKeys });
    const agent = { orgId: 'o', appId: 'app', urn: 'urn:agent:a', name: 'A' };
    const withKey = (appKeyId: string) => isStillValid({ ...appViewer(agent), appKeyId });
    expect(await Promise.all([withKey('in force'), withKey('revoked'), withKey('in force')])).toEqual([
      true,
      false,
      true,
    ]);
    expect(listIdsInForce).toHaveBeenCalledTimes(1);
    expect(await isStillValid(userViewer('o'))).toBe(true);
    expect(listIdsInForce).toHaveBeenCalledTimes(1);
  });
});
