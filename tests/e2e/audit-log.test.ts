import { newId } from '../../src/core/ids.js';
import { makeAuditStore } from '../../src/domains/accounts/audit.store.js';
import { makeApi } from '../support/api.js';
import { audited, auditPage, auditQuery } from '../support/audit.js';
import { actors, seedCast, type Cast } from '../support/cast.js';
import { explain, toNodes } from '../support/explain.js';
import { agentUrn, enable } from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import { token, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

openForAll({ works: false }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
});

const nodeQuery = 'query($id: ID!) { node(id: $id) { __typename id ... on AuditEntry { action subject } } }';

describe('who reads it', () => {
  test.each(actors.filter((actor) => actor !== 'admin'))('not %s', async (actor) => {
    const [entry] = await audited(cast.admin);
    const code = actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED';
    expect(await cast[actor].refusal(auditQuery)).toEqual({ code });
    const { data } = await cast[actor].ask<{ node: object }>(nodeQuery, { id: entry?.id });
    expect(data?.node ?? null).toBeNull();
  });

  test('an admin, with the names of those who acted, and by id', async () => {
    const admin = makeApi(service.url, await token('ada', { role: 'admin', name: 'Ada' }));
    const [entry] = await audited(admin);
    expect(entry).toMatchObject({ actor: { kind: 'USER', id: 'ada', name: 'Ada' } });
    expect(await admin.get(nodeQuery, { id: entry?.id })).toEqual({
      node: { __typename: 'AuditEntry', id: entry?.id, action: entry?.action, subject: entry?.subject },
    });
  });

  test('an admin of another organization gets that one’s alone', async () => {
    const elsewhere = makeApi(service.url, await token('ada', { org: 'globex', role: 'admin' }));
    expect(await audited(elsewhere)).toEqual([]);
    const [entry] = await audited(cast.admin);
    expect(await elsewhere.get(nodeQuery, { id: entry?.id })).toEqual({ node: null });
  });
});

describe('its pages', () => {
  test('are newest first, fifty unless asked otherwise, also of entries of the same instant', async () => {
    const [{ org_id: orgId } = { org_id: '' }] = await rows<{ org_id: string }>(
      backends,
      'select org_id from audit_entries where subject = $1',
      [agentUrn],
    );
    const actor = { kind: 'USER', id: 'ada' } as const;
    const entries = Array.from({ length: 120 }, () => ({
      id: newId(),
      actor,
      action: 'many',
      subject: 'many',
      details: {},
    }));
    await makeAuditStore(service.adapters.database.db).insert(orgId, entries);
    const expected = await rows<{ id: string }>(
      backends,
      'select id from audit_entries where org_id = $1 order by at desc, id desc',
      [orgId],
    );
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await auditPage(cast.admin, { after });
      expect(page.nodes.length).toBe(Math.min(50, expected.length - walked.length));
      walked.push(...page.nodes.map(({ id }) => id));
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    expect(walked).toEqual(expected.map(({ id }) => id));
  });

  test.each([{ first: 0 }, { first: 101 }, { after: 'nothing' }])('%j is refused', async (variables) => {
    const [field] = Object.keys(variables);
    expect(await cast.admin.refusal(auditQuery, variables)).toEqual({ code: 'BAD_USER_INPUT', field });
  });

  test('have cursors of that filter alone', async () => {
    await enable(cast.admin, false);
    await enable(cast.admin, true);
    const filter = { action: 'setAgentAssetUploadEnabled' };
    const { pageInfo } = await auditPage(cast.admin, { ...filter, first: 1 });
    const { nodes } = await auditPage(cast.admin, { ...filter, first: 1, after: pageInfo.endCursor });
    expect(nodes).toMatchObject([{ details: { enabled: false } }]);
    expect(await cast.admin.refusal(auditQuery, { after: pageInfo.endCursor })).toMatchObject({
      field: 'after',
    });
  });

  test.each([
    ['a subject', { subject: agentUrn }],
    ['an action', { action: 'registerAgent' }],
    ['both', { subject: agentUrn, action: 'registerAgent' }],
  ])('are of %s', async (_, filter) => {
    const all = (await audited(cast.admin, { first: 100 })).filter(({ action }) => action !== 'many');
    const found = await audited(cast.admin, { ...filter, first: 100 });
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(found.filter((entry) => isOf(entry, filter)));
    expect(found).toEqual(expect.arrayContaining(all.filter((entry) => isOf(entry, filter))));
  });

  test.each(['', 'nothing', '\u0000', 'x'.repeat(300)])('of the subject "%s" are empty', async (subject) => {
    expect(await audited(cast.admin, { subject })).toEqual([]);
  });
});

function isOf(entry: object, filter: object): boolean {
  return Object.entries(filter).every(([key, value]) => entry[key as keyof typeof entry] === value);
} // The keys of a filter are fields of an entry.

test('no page reads more than it shows, whatever the filter, among a hundred thousand', async () => {
  await rows(
    backends,
    `insert into audit_entries (id, org_id, at, actor_kind, actor_id, action, subject, details)
     select 'entry' || n, 'org' || n % 4, now() - n * interval '1 second', 'USER', 'ada', 'action' || n % 10,
       'subject' || n / 5, '{}' from generate_series(1, 100000) n`,
  );
  await rows(backends, 'analyze audit_entries');
  const before = { at: new Date(), id: newId() };
  for (const subject of [undefined, 'subject600']) {
    for (const action of [undefined, 'action2']) {
      for (const after of [undefined, before]) {
        const plans = await explain(backends.database, (db) =>
          makeAuditStore(db).list('org2', { subject, action }, 51, after),
        );
        const of = subject === undefined ? (action === undefined ? 'newest' : 'of_action') : 'of_subject';
        expect(plans.flatMap(toNodes)).toMatchObject([
          { 'Node Type': 'Limit' },
          {
            'Node Type': 'Index Scan',
            'Scan Direction': 'Backward',
            'Index Name': `audit_entries_${of}`,
          },
        ]);
      }
    }
  }
});

test.each([
  `update audit_entries set action = 'another'`,
  `delete from audit_entries where id = 'none'`,
  'delete from audit_entries',
  'truncate audit_entries',
  'truncate audit_entries cascade',
])('the database itself refuses: %s', async (statement) => {
  const before = await audited(cast.admin);
  await expect(rows(backends, statement)).rejects.toThrow('audit_entries is append-only');
  expect(await audited(cast.admin)).toEqual(before);
});
