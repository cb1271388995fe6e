import { anew, type ActStage } from '../support/acts.js';
import { hasField, listOperations } from '../support/api-schema.js';
import type { Answer, Api } from '../support/api.js';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import { expectInvariants } from '../support/invariants.js';
import { partsEnv } from '../support/parts.js';
import { seedPermissionsCast, type PermissionsCast } from '../support/permissions-cast.js';
import { readPermissionsDoc } from '../support/permissions-doc.js';
import { makeSubjects, type Subject } from '../support/permissions-subjects.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { hashTables, rows, runAllJobs } from '../support/state.js';
import { until } from '../support/until.js';

const doc = readPermissionsDoc();
const done = '✓';
const unseen = '·';

let backends: TestBackends;
let service: TestService;
let cast: PermissionsCast;
let stage: Required<ActStage>;

const subjects = makeSubjects(() => stage);
const operations = new Map(listOperations().map((operation) => [operation.name, operation]));
/** The name in the schema, of a row's. */
const fieldOf = (row: string) => row.replace(/ \(.*$/, '');

beforeAll(async () => {
  backends = await openBackends();
  const env = { ...partsEnv, UPLOAD_MIN_LEASE_SECONDS: '3600', PROMPT_LIMIT_PER_USER: '10000' };
  service = await openService(backends, { env });
  const { people, spaceId, ...seeded } = await seedPermissionsCast(service);
  ({ cast } = seeded);
  stage = { backends, url: service.url, people, spaceId, canary: anew('canary') };
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

describe('docs/permissions.md', () => {
  test('has a row for every operation of the schema, and none of anything else', () => {
    const fields = doc.rows.map(({ name }) => fieldOf(name));
    expect([...operations.keys()].filter((name) => !fields.includes(name))).toEqual([]);
    expect(fields.filter((name) => !hasField(name))).toEqual([]);
    expect(new Set(doc.rows.map(({ name }) => name)).size).toBe(doc.rows.length);
  });

  test('has a row for everything that is tried, and the other way round', () => {
    expect(doc.rows.map(({ name }) => name).sort()).toEqual(Object.keys(subjects).sort());
  });

  test('has a column for everybody', () => expect(doc.columns).toEqual(Object.keys(cast)));
});

/** Nothing is under way that would change anything by itself: scans, and what follows an act. */
async function quiet(): Promise<void> {
  // Their later steps are planned for later.
  if ((await rows(backends, 'select from erasures')).length > 0) await runAllJobs(backends, service);
  const due = `select from pgboss.job where state = 'active' or (state in ('created', 'retry') and start_after <= now())`;
  await until(async () => (await rows(backends, due)).length === 0);
}

/** None ends by itself while it is compared. */
async function holdPrompts(): Promise<void> {
  const later = `expires_at = now() + interval '1 day', hard_expires_at = now() + interval '1 day'`;
  await rows(backends, `update upload_prompts set ${later} where status in ('PENDING', 'UPLOADING')`);
}

/** The sign of what came of it, or the code where there is no sign for it. */
async function tryAs(who: string, row: string, subject: Subject, expected: string): Promise<string> {
  const operation = operations.get(fieldOf(row));
  const document = subject.document ?? operation?.brief ?? '';
  const api = cast[who];
  if (api === undefined) throw new Error(who);
  const { data, errors } =
    operation?.kind === 'subscription'
      ? await firstEvent(api, document, subject, expected)
      : await api.ask<object>(document, subject.variables);
  const code = errors?.[0]?.extensions.code;
  if (code !== undefined) return doc.signOf.get(code) ?? code;
  return subject.sees === undefined || JSON.stringify(data).includes(subject.sees) ? done : unseen;
}

/** What is told first. To whoever is to be refused nothing happens that could be told. */
async function firstEvent(
  api: Api,
  document: string,
  { variables, happens }: Subject,
  expected: string,
): Promise<Answer<object>> {
  if (api.credential === '') return refusedSocket(api);
  const events = api.subscribe<object>(document, variables);
  let told: Answer<object> | undefined;
  const first = events.next().then(
    (data) => (told = { data: data ?? null }),
    // What `next` throws.
    (error: unknown) =>
      (told = {
        data: null,
        errors: JSON.parse((error as Error).message) as NonNullable<Answer<never>['errors']>,
      }),
  );
  try {
    await until(async () => {
      if (expected === done) await happens?.();
      return told !== undefined;
    });
    return await first;
  } finally {
    await events.close();
  }
}

/** A socket without a credential is closed before anything can be asked. */
async function refusedSocket({ url }: Api): Promise<Answer<object>> {
  const socket = await openGraphqlSocket(`${url.replace(/^http/, 'ws')}/graphql`, { authorization: '' });
  const closed = await socket.closed();
  const code = closed?.code === 4401 ? 'UNAUTHENTICATED' : String(closed?.code);
  return { data: null, errors: [{ message: '', extensions: { code } }] };
}

test.each(doc.rows)(
  '$name',
  async ({ name, cells }) => {
    const isMutation = name.startsWith('Mutation.');
    const found: Record<string, string> = {};
    let subject: Subject | undefined;
    let before: Record<string, string> = {};
    // Those first who are to be refused, all with one subject: who comes after them shows that it was a good one.
    const mayDo = (who: string) => Number(cells[who] === done);
    for (const who of [...doc.columns].sort((a, b) => mayDo(a) - mayDo(b))) {
      if (subject === undefined) {
        subject = await subjects[name]?.();
        if (subject === undefined) throw new Error(`Nothing to try ${name} with.`);
        await quiet();
        await holdPrompts();
        before = await hashTables(backends);
      }
      found[who] = await tryAs(who, name, subject, cells[who] ?? '');
      await quiet();
      const after = await hashTables(backends);
      if (!isMutation || found[who] !== done) {
        if (subject.happens === undefined || found[who] !== done)
          expect({ who, after }).toEqual({ who, after: before });
      } else if (subject.changesNothing !== true) {
        expect(after).not.toEqual(before);
        subject = undefined;
      }
      before = after;
    }
    expect(found).toEqual(cells);
  },
  120_000,
);

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));
