import { parse } from 'content-disposition';
import { makeKeyring } from '../../src/core/keyring.js';
import { makeApi } from '../support/api.js';
import {
  agentUrn,
  answer,
  downloadMutation,
  newDownloadUrl,
  pdf,
  request,
  scanned,
  seedHeart,
  type AssetFields,
} from '../support/heart.js';
import { sample } from '../support/samples.js';
import { openBackends, openService, token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { eicar } from '../support/test-files.js';

let backends: TestBackends;
/** Answers requests and does no background work; the worker is started beside it. */
let service: TestService;
let worker: TestService | undefined;
let people: Awaited<ReturnType<typeof seedHeart>>;
let asset: AssetFields;
const bytes = pdf();

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  people = await seedHeart(service);
  asset = await answer(people.alice, (await request(people.agent)).id, bytes);
});

afterAll(async () => {
  await worker?.close();
  await service.close();
  await backends.close();
});

const follow = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });
const refusal = (variables: object) => people.alice.refusal(downloadMutation, variables);

describe('what is not known to be safe', () => {
  test('SCAN_PENDING until the scan has a verdict, then it is downloaded', async () => {
    expect(asset).toMatchObject({ scanStatus: 'PENDING', sha256: null });
    expect(await refusal({ id: asset.id })).toEqual({ code: 'SCAN_PENDING' });
    worker = await openService(backends);
    expect(await scanned(people.alice, asset)).toMatchObject({ scanStatus: 'CLEAN' });
    const response = await fetch(await newDownloadUrl(people.alice, asset));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  test('SCAN_BLOCKED for what the scanner finds, to the person and to the agent', async () => {
    const file = { filename: 'note.txt', mimeType: 'text/plain', sizeBytes: eicar.length };
    const { id } = await answer(people.alice, (await request(people.agent)).id, eicar, file);
    expect(await scanned(people.agent, { id })).toMatchObject({ scanStatus: 'BLOCKED' });
    const why = 'query($id: ID!) { asset(id: $id) { scanReason } }';
    const { asset } = await people.alice.get<{ asset: { scanReason: string } }>(why, { id });
    expect(asset.scanReason).toMatch(/eicar/i);
    for (const viewer of [people.alice, people.agent]) {
      expect(await viewer.refusal(downloadMutation, { id })).toEqual({ code: 'SCAN_BLOCKED' });
    }
  });

  test('a verdict that is taken back ends URLs that were made before', async () => {
    const url = await newDownloadUrl(people.alice, asset);
    await rows(backends, "update assets set scan_status = 'BLOCKED' where id = $1", [asset.id]);
    expect((await follow(url)).status).toBe(403);
    await rows(backends, "update assets set scan_status = 'CLEAN' where id = $1", [asset.id]);
    // Nothing was spent by the attempt.
    expect((await follow(url)).status).toBe(302);
  });
});

describe('a download URL', () => {
  test('works once: of fifty at the same time one is led to the bytes', async () => {
    const url = await newDownloadUrl(people.agent, asset);
    const statuses = (await Promise.all(Array.from({ length: 50 }, () => follow(url)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([302, ...Array<number>(49).fill(404)]);
  });

  test.each<[string, RequestInit, number]>([
    ['HEAD', { method: 'HEAD' }, 405],
    ['POST', { method: 'POST' }, 405],
    ['a browser’s prefetch', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 403],
    ['an older prefetch', { headers: { purpose: 'prefetch' } }, 403],
    ['a preview', { headers: { 'x-purpose': 'preview' } }, 403],
    ['Firefox’s prefetch', { headers: { 'x-moz': 'prefetch' } }, 403],
    ['CORS’s question', { method: 'OPTIONS' }, 204],
  ])('is not spent by %s', async (_, init, status) => {
    const url = await newDownloadUrl(people.alice, asset);
    const response = await follow(url, init);
    expect([response.status, response.headers.get('location')]).toEqual([status, null]);
    expect((await follow(url)).status).toBe(302);
  });

  test.each([0, -1, 3601, 2 ** 31 - 1])('does not live for %d seconds', async (ttlSeconds) => {
    expect(await refusal({ id: asset.id, ttlSeconds })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'ttlSeconds',
    });
  });

  test.each([
    [undefined, 300],
    [null, 300],
    [1, 1],
    [3600, 3600],
  ])('asked for %s seconds lives for %d', async (ttlSeconds, seconds) => {
    const asked = Date.now();
    const { createDownloadUrl } = await people.alice.get<{ createDownloadUrl: { expiresAt: string } }>(
      downloadMutation,
      { id: asset.id, ttlSeconds },
    );
    const livesUntil = new Date(createDownloadUrl.expiresAt).getTime();
    expect(livesUntil).toBeGreaterThanOrEqual(asked + seconds * 1000);
    expect(livesUntil).toBeLessThanOrEqual(Date.now() + seconds * 1000);
  });

  test('leads to an address at storage that lives 30 s at most, and tells nothing of itself to anybody', async () => {
    const response = await follow(await newDownloadUrl(people.alice, asset));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const address = new URL(response.headers.get('location') ?? '');
    expect(Number(address.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(30);
    const stored = await fetch(address);
    expect(Object.fromEntries(stored.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'private, no-store',
    });
    expect(Buffer.from(await stored.arrayBuffer())).toEqual(bytes);
  });

  /** A ticket as the service seals it, changed by somebody who has its keys: time and people move by data. */
  async function reseal(change: (ticket: Record<string, unknown>) => object): Promise<string> {
    const url = await newDownloadUrl(people.alice, asset);
    const keyring = makeKeyring(service.config.serverKeys);
    const ticket = keyring.open('download', url.split('/').at(-1) ?? '') as Record<string, unknown>; // sealed as an object
    return `${service.url}/d/${keyring.seal('download', { ...ticket, ...change(ticket) })}`;
  }

  test('that was only resealed works: what the next tests change is what they test', async () => {
    expect((await follow(await reseal(() => ({})))).status).toBe(302);
  });

  test.each<[string, (ticket: Record<string, unknown>) => object]>([
    ['has ended', () => ({ expiresAt: Date.now() - 1 })],
    ['is of somebody who may not read it', () => ({ viewer: { kind: 'USER', id: 'bob', orgId: 'x' } })],
    ['is of the same name elsewhere', ({ viewer }) => ({ viewer: { ...(viewer as object), orgId: 'x' } })],
    ['is of an asset that is gone', () => ({ assetId: '0'.repeat(27) })],
    [
      'is of a key that never was',
      ({ viewer }) => ({
        viewer: { ...(viewer as object), kind: 'APP', agentUrn, appKeyId: '0'.repeat(27) },
      }),
    ],
  ])('that %s is 404', async (_, change) => {
    expect((await follow(await reseal(change))).status).toBe(404);
  });

  test('that was made up or changed is 404', async () => {
    const url = await newDownloadUrl(people.alice, asset);
    const sealed = url.split('/').at(-1) ?? '';
    const elsewhere = makeKeyring([{ id: 'test', key: Buffer.alloc(32, 1) }]);
    const middle = sealed.length >> 1;
    const other = sealed[middle] === 'A' ? 'B' : 'A';
    const forged = [
      '',
      'x',
      asset.id,
      `${sealed}A`,
      sealed.slice(0, -1),
      sealed.slice(0, middle) + other + sealed.slice(middle + 1),
      `${sealed}=`,
      elsewhere.seal('download', { assetId: asset.id, expiresAt: Date.now() + 60_000 }),
      makeKeyring(service.config.serverKeys).seal('cursor:uploadPrompts', { assetId: asset.id }),
    ];
    for (const text of forged) {
      expect([text, (await follow(`${service.url}/d/${text}`)).status]).toEqual([text, 404]);
    }
    expect((await follow(url)).status).toBe(302);
  });

  test('of an agent ends with the key that made it, and with no other', async () => {
    const created = await Promise.all(
      [1, 2].map(() =>
        people.admin.get<{ createAppKey: { secret: string; appKey: { id: string } } }>(
          'mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "short") { secret appKey { id } } }',
          { urn: agentUrn },
        ),
      ),
    );
    const urls = await Promise.all(
      created.map(({ createAppKey }) => newDownloadUrl(makeApi(service.url, createAppKey.secret), asset)),
    );
    await people.admin.get('mutation($id: ID!) { revokeAppKey(id: $id) { revokedAt } }', {
      id: created[0]?.createAppKey.appKey.id,
    });
    expect(await Promise.all(urls.map(async (url) => (await follow(url)).status))).toEqual([404, 302]);
  });

  test('is made for nobody who may not read the asset', async () => {
    const bob = makeApi(service.url, await token('bob'));
    const elsewhere = makeApi(service.url, await token('alice', { org: 'globex' }));
    for (const viewer of [bob, people.admin, elsewhere]) {
      expect(await viewer.refusal(downloadMutation, { id: asset.id })).toEqual({ code: 'NOT_FOUND' });
    }
  });
});

describe('shown in the browser', () => {
  const setType = (mimeType: string) =>
    rows(backends, 'update assets set mime_type = $2 where id = $1', [asset.id, mimeType]);
  afterEach(() => setType('application/pdf'));

  test.each(['application/pdf', 'image/png', 'image/jpeg', 'text/plain', 'audio/mpeg', 'video/mp4'])(
    '%s may be, as exactly that type',
    async (mimeType) => {
      await setType(mimeType);
      const stored = await fetch(await newDownloadUrl(people.alice, asset, 'INLINE'));
      expect(stored.headers.get('content-type')).toBe(mimeType);
      expect(stored.headers.get('content-disposition')).toMatch(/^inline; /);
    },
  );

  test.each([
    'image/svg+xml',
    'text/html',
    'application/xhtml+xml',
    'application/xml',
    'text/xml',
    'text/javascript',
    'text/css',
    'application/octet-stream',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/pdf+xml',
    'image/png+svg',
  ])('%s may not, but is downloaded', async (mimeType) => {
    await setType(mimeType);
    expect(await refusal({ id: asset.id, disposition: 'INLINE' })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'disposition',
    });
    const stored = await fetch(await newDownloadUrl(people.alice, asset));
    expect(stored.headers.get('content-disposition')).toMatch(/^attachment; /);
  });
});

describe('names', () => {
  const names: [given: string, kept: string][] = [
    ['business plan.pdf', 'business plan.pdf'],
    ['plan "final"; filename=x.exe.pdf', 'plan "final"; filename=x.exe.pdf'],
    ['100% done %20 %ff.pdf', '100% done %20 %ff.pdf'],
    ["o'neil & sons <b>.pdf", "o'neil & sons <b>.pdf"],
    ['Geschäftsplan für Zoë.pdf', 'Geschäftsplan für Zoë.pdf'],
    ['decomposed e\u0301.pdf', 'decomposed \u00e9.pdf'],
    ['план 计划 🗂️.pdf', 'план 计划 🗂️.pdf'],
    ['photo\u202efdp.pdf', 'photofdp.pdf'],
    ['a\r\nSet-Cookie: b=c.pdf', 'aSet-Cookie: b=c.pdf'],
    ['nul\u0000.pdf', 'nul.pdf'],
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['C:\\Users\\alice\\plan.pdf', 'plan.pdf'],
    ['CON.pdf', 'CON.pdf'],
    ['.pdf', '.pdf'],
    [`${'ü'.repeat(200)}.pdf`, `${'ü'.repeat(125)}.pdf`],
  ];

  test('round-trip through every header, without what could mislead', async () => {
    const results = await Promise.all(
      names.map(async ([filename]) => {
        const file = { filename, mimeType: 'application/pdf', sizeBytes: bytes.length };
        const { id } = await answer(people.alice, (await request(people.agent)).id, bytes, file);
        const kept = (await scanned(people.alice, { id })).filename;
        const stored = await fetch(await newDownloadUrl(people.alice, { id }));
        const { type, parameters } = parse(stored.headers.get('content-disposition') ?? '');
        return [filename, kept, type, parameters['filename']];
      }),
    );
    expect(results).toEqual(names.map(([given, kept]) => [given, kept, 'attachment', kept]));
  });

  test('the stored key holds none of them', async () => {
    const keys = await rows<{ key: string }>(backends, 'select storage_key as key from assets');
    for (const { key } of keys)
      expect(key).toMatch(/^[0-9A-Za-z]{27}\/[0-9A-Za-z]{27}\/[0-9A-Za-z]{27}\.[a-z]+$/);
  });

  test('a picture keeps its own type', async () => {
    const png = sample('png');
    const file = { filename: 'shot.png', mimeType: 'image/x-png', sizeBytes: png.length };
    const { id } = await answer(people.alice, (await request(people.agent)).id, png, file);
    expect(await scanned(people.alice, { id })).toMatchObject({ mimeType: 'image/png' });
    const stored = await fetch(await newDownloadUrl(people.alice, { id }, 'INLINE'));
    expect(stored.headers.get('content-type')).toBe('image/png');
  });
});
