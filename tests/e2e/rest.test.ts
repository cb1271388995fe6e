import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../../src/core/ids.js';
import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { auditOf } from '../support/audit.js';
import { pdf, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeGate, withScanner } from '../support/replacing.js';
import { bearer, beginForm, formHead, formOf, formTail, post, type Answered } from '../support/rest.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace } from '../support/space-rows.js';
import { listKeys, rows, runAllJobs, usageOf } from '../support/state.js';
import { eicar } from '../support/test-files.js';
import { deleteAssets, givenAsset } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
let beforeScan: () => Promise<void>;

const maxSizeBytes = 20 * 2 ** 20;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    env: { UPLOAD_MAX_SIZE_BYTES: String(maxSizeBytes) },
    adapt: (adapters) => withScanner(adapters, () => beforeScan()),
  });
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
  await cast.aliceOfGlobex.get('{ viewer { id } }');
});
beforeEach(() => {
  beforeScan = () => Promise.resolve();
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

async function get(by: Api, path: string): Promise<Answered> {
  const response = await fetch(`${service.url}/v1/assets/${path}`, {
    headers: bearer(by),
    redirect: 'manual',
  });
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Answered['body'];
  return { status: response.status, headers: response.headers, body };
}

const bytes = pdf('by plain HTTP');

const begin = (headers: Record<string, string>) => beginForm(cast.alice, headers);

const isQuiet = async () => (await rows(backends, `select from uploads where status = 'OPEN'`)).length === 0;

/** What failed left nothing. */
async function expectNothingLeft(before: Awaited<ReturnType<typeof usageOf>>): Promise<void> {
  await until(isQuiet);
  expect(await usageOf(backends)).toEqual(before);
  await runAllJobs(backends, service);
  expect((await listKeys(service)).filter((key) => key.startsWith('staging/'))).toEqual([]);
}

describe('POST /v1/assets', () => {
  test.each(['agent', 'account', 'alice'] as const)(
    'stores a file of %s, and answers with the asset',
    async (by) => {
      const usage = await usageOf(backends);
      const { status, headers, body } = await post(cast[by], formOf());
      expect(status).toBe(201);
      expect(body).toMatchObject({
        urn: `urn:askfile:space:${spaceId}:assets:${String(body['id'])}`,
        filename: 'plan.pdf',
        mimeType: 'application/pdf',
        sizeBytes: bytes.length,
        sha256: null,
        type: 'DOCUMENT',
        scanStatus: 'PENDING',
        description: null,
        deletedAt: null,
        memoryUrn: null,
        space: { id: spaceId, urn: `urn:askfile:space:${spaceId}` },
        folder: null,
        metadata: {},
      });
      expect(headers.get('location')).toBe(`/v1/assets/${String(body['id'])}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(await scanned(cast.bob, { id: String(body['id']) })).toMatchObject({
        scanStatus: 'CLEAN',
        sha256,
      });
      expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used + bytes.length });
    },
  );

  test('takes everything that is to be known of it', async () => {
    const space = (await givenSpace(backends, newId())).id;
    const folderId = await givenFolder(backends, { id: space }, 'speech');
    const fields = {
      spaceId: space,
      folderId,
      filename: 'Grüße.txt',
      mimeType: 'text/plain',
      description: 'spoken by a machine',
      sha256: createHash('sha256').update('hello').digest('hex'),
      executionId: 'run-7',
      agentUrn: 'urn:agent:buno',
      provider: 'elevenlabs',
      metadata: '{"model":"v3","cost":0.1}',
    };
    const { status, body } = await post(cast.account, formOf(fields, Buffer.from('hello'), 'x.bin', ''));
    expect(status).toBe(201);
    const { sha256: _, metadata, spaceId: __, folderId: ___, ...same } = fields;
    expect(body).toMatchObject({
      ...same,
      metadata: JSON.parse(metadata) as object,
      space: { id: space },
      folder: { id: folderId },
      type: 'DOCUMENT',
    });
  });

  test('streams large files, byte for byte', async () => {
    const large = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(19 * 2 ** 20)]);
    const { body } = await post(cast.agent, formOf({}, large));
    const asset = await scanned(cast.agent, { id: String(body['id']) });
    expect(asset.sha256).toBe(createHash('sha256').update(large).digest('hex'));
  });

  test('is in the audit log', async () => {
    const { body } = await post(cast.agent, formOf());
    const [upload] = await rows<{ id: string }>(backends, 'select id from uploads where asset_id = $1', [
      body['id'],
    ]);
    const entries = await auditOf(backends, upload?.id ?? '', String(body['id']));
    expect(entries.map(({ action, subject }) => [action, subject])).toEqual([
      ['beginUpload', upload?.id],
      ['completeUpload', body['id']],
    ]);
  });

  test.each<[what: string, by: keyof Cast, form: () => FormData, status: number, error: object]>([
    ['nobody', 'nobody', () => formOf(), 401, { code: 'UNAUTHENTICATED' }],
    ['a space of nobody', 'alice', () => formOf({ spaceId: newId() }), 404, { code: 'NOT_FOUND' }],
    ['a space of others', 'aliceOfGlobex', () => formOf({ spaceId }), 404, { code: 'NOT_FOUND' }],
    ['a folder of nobody', 'alice', () => formOf({ folderId: newId() }), 404, { code: 'NOT_FOUND' }],
    [
      'another agent',
      'otherAgent',
      () => formOf({ executionId: 'x', agentUrn: 'urn:agent:buno' }),
      403,
      { code: 'PERMISSION_DENIED' },
    ],
    [
      'an empty file',
      'alice',
      () => formOf({}, Buffer.alloc(0)),
      400,
      { code: 'BAD_USER_INPUT', field: 'file' },
    ],
    ['another hash', 'alice', () => formOf({ sha256: '0'.repeat(64) }), 422, { code: 'UPLOAD_MISMATCH' }],
    ['another content', 'alice', () => formOf({ mimeType: 'image/png' }), 422, { code: 'UPLOAD_MISMATCH' }],
    ...Object.entries({
      sha256: formOf({ sha256: 'x' }),
      mimeType: formOf({ mimeType: 'x' }),
      filename: formOf({ filename: '/' }),
      description: formOf({ description: 'x'.repeat(2001) }),
      executionId: formOf({ provider: 'fal' }),
      provider: formOf({ executionId: 'x', provider: '' }),
      metadata: formOf({ executionId: 'x', metadata: '[1]' }),
      unheardOf: formOf({ unheardOf: 'x' }),
    }).map(([field, form]): [string, keyof Cast, () => FormData, number, object] => [
      `a wrong ${field}`,
      'agent',
      () => form,
      400,
      { code: 'BAD_USER_INPUT', field },
    ]),
    [
      'metadata that is no JSON',
      'agent',
      () => formOf({ executionId: 'x', metadata: '{' }),
      400,
      { code: 'BAD_USER_INPUT', field: 'metadata' },
    ],
    [
      'metadata with a number that is too large for one',
      'agent',
      () => formOf({ executionId: 'x', metadata: '{"a":[1e400]}' }),
      400,
      { code: 'BAD_USER_INPUT', field: 'metadata' },
    ],
    [
      'a field that is too long',
      'agent',
      () => formOf({ description: 'x'.repeat(64 * 1024 + 1) }),
      400,
      { code: 'BAD_USER_INPUT', field: 'description' },
    ],
  ])('refuses %s, and keeps nothing', async (_what, by, form, status, error) => {
    const before = await usageOf(backends);
    const answer = await post(cast[by], form());
    expect(answer.body).toMatchObject({ error });
    expect(answer.status).toBe(status);
    await expectNothingLeft(before);
  });

  test.each([
    ['a field behind the file', (form: FormData) => form.append('description', 'late'), 'description'],
    ['a field twice', (form: FormData) => form.append('file', new Blob(['x']), 'b.txt'), 'file'],
  ])('refuses %s, and keeps nothing', async (_what, add, field) => {
    const before = await usageOf(backends);
    const form = formOf();
    add(form);
    const { status, body } = await post(cast.alice, form);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'BAD_USER_INPUT', field });
    await expectNothingLeft(before);
  });

  test('refuses a form without a file, and what is no form', async () => {
    const form = new FormData();
    form.append('description', 'nothing');
    expect((await post(cast.alice, form)).body.error).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'file',
    });
    form.append('file', 'a text');
    expect((await post(cast.alice, form)).body.error).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'file',
    });
    const json = await fetch(`${service.url}/v1/assets`, {
      method: 'POST',
      headers: bearer(cast.alice),
      body: '{}',
    });
    expect(json.status).toBe(415);
    const other = await fetch(`${service.url}/v1/assets`, { method: 'PUT', headers: bearer(cast.alice) });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  test('refuses more bytes than are accepted, before and while they come', async () => {
    const before = await usageOf(backends);
    const declared = await post(cast.alice, formOf({}, Buffer.alloc(maxSizeBytes + 2 * 2 ** 20)));
    expect([declared.status, declared.body.error]).toMatchObject([
      413,
      { code: 'FILE_TOO_LARGE', maxSizeBytes },
    ]);
    const counted = await post(cast.alice, formOf({}, Buffer.alloc(maxSizeBytes + 1)));
    expect([counted.status, counted.body.error]).toMatchObject([
      413,
      { code: 'FILE_TOO_LARGE', field: 'file' },
    ]);
    await expectNothingLeft(before);
  });

  describe('what the quota has room for', () => {
    /** For so many bytes more than there are; null: for any. */
    async function leaveRoomFor(sizeBytes: number | null): Promise<void> {
      const { used, reserved } = await usageOf(backends);
      await rows(
        backends,
        `update storage_usage set quota_bytes = $1 from organizations o where o.id = org_id and o.external_id = 'acme'`,
        [sizeBytes === null ? null : used + reserved + sizeBytes],
      );
    }
    const fields = { description: 'a text\r\n\r\nof two paragraphs' };
    const send = async (text: string) => {
      const { outgoing, answered } = begin({ 'content-length': String(text.length) });
      outgoing.end(text);
      return (await answered).status;
    };
    const senders: [string, () => Promise<number>][] = [
      ['as programs send it', async () => (await post(cast.alice, formOf(fields))).status],
      ['by hand', () => send(`${formHead}${bytes.toString('latin1')}${formTail}`)],
      [
        'without a last line break',
        () => send(`${formHead}${bytes.toString('latin1')}${formTail.trimEnd()}`),
      ],
    ];
    afterEach(() => leaveRoomFor(null));

    test.each(senders)('is taken to the byte, %s', async (_how, sendIt) => {
      await leaveRoomFor(bytes.length);
      expect(await sendIt()).toBe(201);
    });

    test.each(senders)('and nothing more, %s', async (_how, sendIt) => {
      const before = await usageOf(backends);
      await leaveRoomFor(bytes.length - 1);
      expect(await sendIt()).toBe(403);
      await expectNothingLeft(before);
    });
  });

  test('wants to know how long the request is', async () => {
    const { outgoing, answered } = begin({ 'transfer-encoding': 'chunked' });
    outgoing.end(`${formHead}%PDF-1.7${formTail}`);
    const { status, text } = await answered;
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'BAD_USER_INPUT', field: 'Content-Length' } });
  });

  test('a form that stops in the middle is refused, whatever of it came', async () => {
    const before = await usageOf(backends);
    const text = `${formHead}%PDF-1.7\n`;
    const { outgoing, answered } = begin({ 'content-length': String(text.length) });
    outgoing.end(text);
    const answer = await answered;
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'BAD_USER_INPUT', field: 'file' } });
    await expectNothingLeft(before);
  });

  test.each([10, 9 * 2 ** 20])('a sender that hangs up after %d bytes leaves nothing', async (sentBytes) => {
    const before = await usageOf(backends);
    const { outgoing, answered } = begin({ 'content-length': String(15 * 2 ** 20) });
    answered.catch(() => undefined);
    outgoing.write(formHead);
    outgoing.write(Buffer.alloc(sentBytes, 'x'));
    await until(async () => !(await isQuiet()));
    const expectedBytes = 15 * 2 ** 20 - formHead.length - formTail.length;
    expect((await usageOf(backends)).reserved).toBe(before.reserved + expectedBytes);
    outgoing.destroy();
    await expectNothingLeft(before);
    const left = [];
    for await (const upload of service.adapters.objects.listMultipartUploads('')) left.push(upload);
    expect(left).toEqual([]);
  });

  test('takes so many of one viewer at a time', async () => {
    const open = Array.from({ length: 4 }, () => begin({ 'content-length': '1000' }));
    for (const { outgoing, answered } of open) {
      answered.catch(() => undefined);
      outgoing.write(`${formHead}%PDF-1.7\n`);
    }
    await until(async () => (await rows(backends, `select from uploads where status = 'OPEN'`)).length === 4);
    const { status, headers, body } = await post(cast.alice, formOf());
    expect([status, body.error?.code, headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', '5']);
    expect((await post(cast.bob, formOf())).status).toBe(201);
    for (const { outgoing } of open) outgoing.destroy();
    await until(isQuiet);
    await until(async () => (await post(cast.alice, formOf())).status === 201);
  });
});

describe('GET /v1/assets/:id', () => {
  test('is the asset, for who may read it', async () => {
    const { body } = await post(cast.agent, formOf());
    const id = String(body['id']);
    await scanned(cast.alice, { id });
    const found = await get(cast.bob, id);
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({ id, filename: 'plan.pdf', scanStatus: 'CLEAN' });
    for (const by of [cast.aliceOfGlobex, cast.bob]) {
      const other = by === cast.bob ? (await givenAsset(cast)).id : id;
      const none = await get(by, other);
      expect([none.status, none.body.error?.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await get(cast.nobody, id)).status).toBe(401);
    expect((await get(cast.alice, newId())).status).toBe(404);
    expect((await get(cast.alice, 'nothing')).status).toBe(404);
  });
});

describe('GET /v1/assets/:id/content', () => {
  const given = async (content = bytes, filename = 'plan.pdf', type = 'application/pdf') =>
    String((await post(cast.agent, formOf({}, content, filename, type))).body['id']);

  test('leads to the bytes for 30 s', async () => {
    const id = await given();
    await scanned(cast.alice, { id });
    const { status, headers } = await get(cast.bob, `${id}/content`);
    expect(status).toBe(302);
    const location = new URL(headers.get('location') ?? '');
    expect(location.searchParams.get('X-Amz-Expires')).toBe('30');
    const answer = await fetch(location);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=plan.pdf');
    const shown = await get(cast.bob, `${id}/content?disposition=inline`);
    const inline = await fetch(shown.headers.get('location') ?? '');
    expect(inline.headers.get('content-disposition')).toBe('inline; filename=plan.pdf');
  });

  test('not before the scan, nor after it found something, nor from the trash, nor for others', async () => {
    const gate = makeGate();
    gate.shut();
    beforeScan = gate.pass;
    const id = await given();
    const blocked = await given(eicar, 'note.txt', 'text/plain');
    const told = async (by: Api, of: string) => {
      const { status, body } = await get(by, `${of}/content`);
      return [status, body.error?.code];
    };
    expect(await told(cast.bob, id)).toEqual([409, 'SCAN_PENDING']);
    gate.open();
    await scanned(cast.alice, { id });
    await scanned(cast.alice, { id: blocked });
    expect(await told(cast.bob, blocked)).toEqual([403, 'SCAN_BLOCKED']);
    expect(await told(cast.aliceOfGlobex, id)).toEqual([404, 'NOT_FOUND']);
    expect(await told(cast.nobody, id)).toEqual([401, 'UNAUTHENTICATED']);
    await deleteAssets(cast.admin, id);
    expect(await told(cast.bob, id)).toEqual([404, 'NOT_FOUND']);
  });

  test('shows only what a browser runs nothing of', async () => {
    const id = await given(
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'a.svg',
      'image/svg+xml',
    );
    await scanned(cast.alice, { id });
    for (const disposition of ['inline', 'nothing']) {
      const { status, body } = await get(cast.bob, `${id}/content?disposition=${disposition}`);
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'disposition' });
    }
    expect((await get(cast.bob, `${id}/content?disposition=attachment`)).status).toBe(302);
  });
});
