import { makeApp } from '../../src/app.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newId } from '../../src/core/ids.js';
import { sumStored, sumStoredByType } from '../../src/domains/assets/stored-sums.store.js';
import type { UsageFinding } from '../../src/jobs/check-usage.js';
import { makeApi, type Api } from '../support/api.js';
import { audited } from '../support/audit.js';
import { explain, toNodes } from '../support/explain.js';
import { answer, begin, fileOf, pdf, request, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { completed, requestSeveral } from '../support/several.js';
import { rows } from '../support/state.js';
import { deleteAssets, givenAsset } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let app: ReturnType<typeof makeApp>;
let orgId: string;

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '1000' } });
  people = await seedHeart(service);
  app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  orgId = await organizationOf(people.admin);
});

afterEach(async () => {
  app.close();
  await service.close();
  await backends.close();
});

const bytes = pdf();

async function organizationOf(api: Api): Promise<string> {
  const { viewer } = await api.get<{ viewer: { organization: { id: string } } }>(
    '{ viewer { organization { id } } }',
  );
  return viewer.organization.id;
}

/** Another organization, one of whose counters is wrong. */
async function breakAnother() {
  const elsewhere = makeApi(service.url, await token('ada', { org: 'globex', role: 'admin' }));
  const otherId = await organizationOf(elsewhere);
  await rows(backends, 'update storage_usage set used_bytes = 1 where org_id = $1', [otherId]);
  return { elsewhere, otherId };
}

/** While somebody holds a counter of the first: a repair of it gives up rather than wait. */
const whileHeld = (work: () => Promise<void>) =>
  service.adapters.database.transact(async (tx) => {
    await tx.executeSql('select from space_usage where org_id = $1 for update', [orgId]);
    await work();
  });

async function check(apply = true): Promise<UsageFinding[]> {
  const findings: UsageFinding[] = [];
  for await (const finding of app.checkUsage({ apply })) findings.push(finding);
  return findings;
}

/** Some of everything that is counted. */
async function useStorage(): Promise<void> {
  await givenAsset(people, bytes);
  await deleteAssets(people.alice, (await givenAsset(people, bytes)).id);
  await begin(people.alice, (await request(people.agent)).id, fileOf(bytes));
  await completed(people.alice, (await requestSeveral(people.agent)).id);
}

const breakCounters = () =>
  rows(
    backends,
    `with space as (update space_usage set used_bytes = used_bytes + 7, asset_count = 0 where org_id = $1)
     update storage_usage set used_bytes = used_bytes + 5, reserved_bytes = 1, trashed_bytes = 2 where org_id = $1`,
    [orgId],
  );

test('counters that are right stay as they are, and nothing is on record', async () => {
  await useStorage();
  expect(await check()).toEqual([]);
  expect(await audited(people.admin, { action: 'repairUsage' })).toEqual([]);
  await expectInvariants(backends);
});

test('what is wrong is told, and left as it is without apply', async () => {
  await useStorage();
  await breakCounters();
  const told = await check(false);
  expect(told).toEqual([{ orgId, differences: expect.any(Array) as unknown }]);
  expect(await check(false)).toEqual(told);
  expect(await audited(people.admin, { action: 'repairUsage' })).toEqual([]);
});

test('what is wrong is put right, once, whoever does it at the same moment; the service is on record', async () => {
  await useStorage();
  await breakCounters();
  await Promise.all([check(), check(), check()]);
  expect(await check()).toEqual([]);
  const [entry, ...more] = await audited(people.admin, { action: 'repairUsage', subject: orgId });
  expect(more).toEqual([]);
  expect(entry?.actor).toEqual({ kind: 'SERVICE_ACCOUNT', id: 'askfile', name: null });
  const size = bytes.length;
  expect(entry?.details['differences']).toEqual([
    { counter: 'usedBytes', counted: 2 * size + 5, stored: 2 * size },
    { counter: 'reservedBytes', counted: 1, stored: size + pdf('a.pdf').length },
    { counter: 'trashedBytes', counted: 2, stored: size },
    { counter: 'usedBytes', spaceId: null, counted: 2 * size + 7, stored: 2 * size },
    { counter: 'assetCount', spaceId: null, counted: 0, stored: 2 },
  ]);
  await expectInvariants(backends);
});

test('a counter of a space that holds nothing goes to 0, and one that is missing comes', async () => {
  await givenAsset(people, bytes);
  await rows(
    backends,
    `insert into space_usage (org_id, space_id, used_bytes, asset_count) select org_id, id, 9, 1 from spaces where org_id = $1`,
    [orgId],
  );
  await rows(backends, 'delete from space_usage where org_id = $1 and space_id is null', [orgId]);
  expect(await check()).toHaveLength(1);
  expect(
    await rows(backends, 'select space_id is null as memories, asset_count from space_usage order by 1'),
  ).toEqual([
    { memories: false, asset_count: 0 },
    { memories: true, asset_count: 1 },
  ]);
});

test('no counter that is right is changed while uploads run, nor does a repair get in their way', async () => {
  const run = async () => {
    for (let n = 0; n < 6; n += 1) {
      const asset = await answer(people.alice, (await request(people.agent)).id, bytes);
      if (n % 2 === 0) await deleteAssets(people.alice, asset.id);
    }
  };
  let isRunning = true;
  const findings: UsageFinding[] = [];
  const checkOn = async () => {
    while (isRunning) findings.push(...(await check()));
  };
  const checks = [checkOn(), checkOn()];
  await Promise.all(Array.from({ length: 6 }, run));
  expect(findings).toEqual([]);
  // The same under wrong counters: each repair is of the one mistake.
  const runs = Promise.all(Array.from({ length: 6 }, run));
  await rows(backends, 'update storage_usage set used_bytes = used_bytes + 1000000 where org_id = $1', [
    orgId,
  ]);
  await runs;
  isRunning = false;
  await Promise.all(checks);
  await check();
  const acts = await audited(people.admin, { action: 'repairUsage' });
  expect(acts).toHaveLength(1);
  await expectInvariants(backends);
});

describe('the nightly check', () => {
  const makeDue = (id = orgId) =>
    rows(backends, `update storage_usage set next_check_at = now() where org_id = $1`, [id]);
  const dueIn = async (id = orgId) => {
    const [row] = await rows<{ hours: number }>(
      backends,
      `select extract(epoch from next_check_at - now())::float8 / 3600 as hours from storage_usage where org_id = $1`,
      [id],
    );
    return row?.hours;
  };

  test('looks at an organization once a day, whichever process does', async () => {
    await breakCounters();
    await app.checkDueUsage();
    expect(await audited(people.admin, { action: 'repairUsage' })).toEqual([]);
    await makeDue();
    await Promise.all([app.checkDueUsage(), app.checkDueUsage()]);
    expect(await audited(people.admin, { action: 'repairUsage' })).toHaveLength(1);
    expect(await dueIn()).toBeCloseTo(24, 1);
  });

  test('is done by another when whoever had begun is gone, and one that fails holds up no other', async () => {
    const { elsewhere, otherId } = await breakAnother();
    await givenAsset(people, bytes);
    await breakCounters();
    await makeDue();
    await makeDue(otherId);
    await whileHeld(() => expect(app.checkDueUsage()).rejects.toThrow('1 of 2 failed'));
    expect(await audited(elsewhere, { action: 'repairUsage' })).toHaveLength(1);
    expect(await audited(people.admin, { action: 'repairUsage' })).toEqual([]);
    expect(await dueIn()).toBeLessThan(0.2);
    await makeDue();
    await app.checkDueUsage();
    expect(await audited(people.admin, { action: 'repairUsage' })).toHaveLength(1);
  });
});

test('the sums are read from an index alone', async () => {
  const memoryId = newId();
  await rows(backends, `insert into memories values ($1, $2, 'urn:agent:buno', 'alice')`, [memoryId, orgId]);
  await rows(
    backends,
    `insert into assets (id, org_id, memory_id, agent_urn, user_id, filename, mime_type, size_bytes, type, storage_key,
       etag, uploaded_by_kind, uploaded_by_id)
     select 'asset' || n, $1, $2, 'urn:agent:buno', 'alice', repeat('name', 50), 'text/plain', n, 'DOCUMENT', 'key' || n,
       repeat('etag', 10), 'USER', 'alice' from generate_series(1, 20000) n`,
    [orgId, memoryId],
  );
  // Not in a transaction, as vacuum wants it.
  await rows(backends, 'vacuum analyze assets');
  for (const work of [sumStored, sumStoredByType]) {
    const plans = await explain(backends.database, (db) => work(db, orgId));
    const scans = plans.flatMap(toNodes).filter((node) => /Scan/.test(node['Node Type']));
    expect(scans).toMatchObject([{ 'Node Type': 'Index Only Scan', 'Index Name': 'assets_counted' }]);
  }
  const [plan] = await explain(backends.database, (db) => sumStored(db, orgId));
  expect(plan && toNodes(plan).map((node) => node['Node Type'])).not.toContain('Sort');
});

describe('npm run admin -- check-usage', () => {
  async function run(...args: string[]): Promise<string> {
    const env = { PATH: process.env['PATH'] ?? '', ...backends.env };
    const command = ['--import', 'tsx', 'src/cli/admin.ts', ...args];
    return (await promisify(execFile)(process.execPath, command, { env })).stdout;
  }

  test('prints what differs and what it did', async () => {
    expect(await run('check-usage')).toBe('Every counter is what it counts.\n');
    await rows(backends, 'update storage_usage set used_bytes = 5 where org_id = $1', [orgId]);
    const lines = ['organization', orgId].map((first) => `${first.padEnd(27)}  `);
    const table =
      `${lines[0]}place  counter    counted  stored\n` + `${lines[1]}all    usedBytes  5        0\n`;
    expect(await run('check-usage')).toBe(
      `${table}Nothing was changed: 1 of the counters.\nAdd --apply to put them right.\n`,
    );
    expect(await run('check-usage', '--apply')).toBe(`${table}Put right: 1 of the counters.\n`);
    expect(await run('check-usage')).toBe('Every counter is what it counts.\n');
  });

  test('puts right the others when one cannot be checked, and says which', async () => {
    const { otherId } = await breakAnother();
    await givenAsset(people, bytes);
    await breakCounters();
    await whileHeld(() =>
      expect(run('check-usage', '--apply')).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(
          new RegExp(`^organization .*\n${otherId} .*\nPut right: 1 of`),
        ) as unknown,
        stderr: `Not checked, try again: organization ${orgId}\n`,
      }),
    );
  });

  test('explains itself, also to who asks for what it cannot do', async () => {
    expect(await run('--help')).toContain('npm run admin -- check-usage [--apply]');
    await expect(run('check')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('check-usage') as unknown,
    });
  });
});
