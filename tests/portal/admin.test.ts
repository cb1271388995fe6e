import { fromAgentPath, toAgentPath } from '../../src/portal/admin/agents/agent-path.js';
import { findProblems, toDraft, toInput } from '../../src/portal/admin/agents/policy-draft.js';
import { toChoices } from '../../src/portal/admin/agents/type-choices.js';
import { toActionOptions, toActorName, toDeed, toDetails } from '../../src/portal/admin/audit/words.js';
import { toPermissionNames } from '../../src/portal/admin/spaces/permissions.js';
import { toLargest, toShares } from '../../src/portal/admin/storage/shares.js';
import {
  fromAmount,
  sizeUnits,
  timeUnits,
  toAmount,
  toAmountProblem,
  toCount,
  toDuration,
} from '../../src/portal/admin/words/amounts.js';
import { toAdminRefusal, toFieldProblem, withoutFields } from '../../src/portal/admin/words/refusals.js';
import { toAgo } from '../../src/portal/admin/words/when.js';
import { AskfileError } from '../../src/client/index.js';
import { defaultUploadLimits } from '../../src/domains/capabilities/upload-limits.js';
import { listOperations } from '../support/api-schema.js';

const mib = 1024 ** 2;

describe('amounts', () => {
  test.each([
    [0, '0', 'b'],
    [1000, '1000', 'b'],
    [1536, '1.5', 'kb'],
    [50 * mib, '50', 'mb'],
    [50 * mib + 1, '52428801', 'b'],
    [5 * 1024 * mib, '5', 'gb'],
    [2 ** 53 - 1, '9007199254740991', 'b'],
  ])('%d bytes are %s %s, and back', (bytes, count, unitId) => {
    expect(toAmount(bytes, sizeUnits)).toEqual({ count, unitId });
    expect(fromAmount({ count, unitId }, sizeUnits)).toBe(bytes);
  });

  test.each([
    ['1,5', 'mb', 1.5 * mib],
    [' 2 ', 'kb', 2048],
    ['.5', 'kb', 512],
    ['-1', 'b', -1],
    ['', 'b', undefined],
    ['many', 'b', undefined],
    ['1e3', 'b', undefined],
    ['1', 'furlong', undefined],
    ['9999999', 'tb', undefined],
  ])('"%s" %s is %p', (count, unitId, bytes) => expect(fromAmount({ count, unitId }, sizeUnits)).toBe(bytes));

  test.each([
    ['0', 'b', undefined],
    ['1,5', 'mb', undefined],
    ['-1', 'b', 'Give 0 or more.'],
    ['-0.001', 'b', 'Give 0 or more.'],
    ['99999999999999', 'gb', 'Give a smaller number.'],
    ['', 'b', 'Give a number.'],
    ['many', 'b', 'Give a number.'],
  ])('what is wrong with "%s" %s is told: %s', (count, unitId, problem) =>
    expect(toAmountProblem({ count, unitId }, sizeUnits)).toBe(problem),
  );

  test.each([
    [1, '1 second'],
    [90, '1.5 minutes'],
    [100, '100 seconds'],
    [300, '5 minutes'],
    [3600, '1 hour'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(toDuration(seconds)).toBe(words);
    expect(fromAmount(toAmount(seconds, timeUnits), timeUnits)).toBe(seconds);
  });

  test('things are counted', () => {
    expect([0, 1, 12345].map((count) => toCount(count, 'file'))).toEqual([
      '0 files',
      '1 file',
      '12,345 files',
    ]);
  });
});

test.each(['urn:agent:buno', 'urn:a:b/c', 'urn:a:100%25', 'urn:a:b?c#d', 'urn:a:%2F%', 'urn:a:ü'])(
  'the page of %s has an address that leads back',
  (urn) => {
    const { pathname, search, hash } = new URL(toAgentPath(urn), 'https://askfile.example.com');
    expect([search, hash]).toEqual(['', '']);
    expect(fromAgentPath(pathname)).toBe(urn);
  },
);

test('other addresses are of no agent', () => {
  expect(['/admin/agents', '/admin/agents/%', '/admin/spaces/a'].map(fromAgentPath)).toEqual(
    Array(3).fill(undefined),
  );
});

describe('a policy', () => {
  const limits = defaultUploadLimits;
  const policy = { ...limits, maxSizeBytes: mib };

  test('is sent as far as it was changed; what the service has itself, as that', () => {
    const draft = toDraft(policy);
    expect(toInput(draft, policy, limits)).toEqual({});
    expect(toInput({ ...draft, types: [...draft.types].reverse() }, policy, limits)).toEqual({});
    expect(toInput(toDraft(limits), policy, limits)).toEqual({ maxSizeBytes: null });
    const changed = { maxSize: { count: '2', unitId: 'mb' }, types: ['image/png'], timeout: draft.timeout };
    expect(toInput(changed, policy, limits)).toEqual({
      maxSizeBytes: 2 * mib,
      allowedMimeTypes: ['image/png'],
    });
  });

  test('has problems that are told before it is sent', () => {
    const draft = toDraft(policy);
    expect(findProblems(draft)).toEqual({});
    const wrong = { maxSize: { count: 'x', unitId: 'b' }, types: [], timeout: { count: '', unitId: 's' } };
    expect(Object.keys(findProblems(wrong))).toEqual(['maxSize', 'types', 'timeout']);
  });

  test('has its types by kind, under the names that people give them', () => {
    const shown = toChoices([...limits.allowedMimeTypes, 'audio/*', 'application/zip']).map(
      ({ kind, types }) => [kind, types.map(({ name }) => name)],
    );
    expect(shown).toEqual([
      [
        'Documents',
        [
          'PDF',
          'Plain text',
          'Word (.doc)',
          'Word (.docx)',
          'Excel (.xls)',
          'Excel (.xlsx)',
          'PowerPoint (.ppt)',
          'PowerPoint (.pptx)',
        ],
      ],
      ['Pictures', ['JPEG', 'PNG', 'GIF', 'WebP']],
      ['Audio', ['All audio']],
      ['Other', ['application/zip']],
    ]);
  });
});

describe('the bar of the storage', () => {
  const usage = { quotaBytes: 100, usedBytes: 50, reservedBytes: 10, trashedBytes: 20 };
  const fractions = (of: typeof usage | (Omit<typeof usage, 'quotaBytes'> & { quotaBytes: null })) =>
    toShares(of).map(({ fraction }) => fraction);

  test('is as long as the quota, or as what is used where that is more', () => {
    expect(fractions(usage)).toEqual([0.3, 0.2, 0.1, 0.4]);
    expect(fractions({ ...usage, quotaBytes: 30 })).toEqual([0.5, 20 / 60, 10 / 60, 0]);
    expect(fractions({ ...usage, quotaBytes: null })).toEqual([0.5, 20 / 60, 10 / 60, 0]);
    expect(fractions({ quotaBytes: 0, usedBytes: 0, reservedBytes: 0, trashedBytes: 0 })).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('has beside it the largest of what fills it, and all others as one', () => {
    const rows = [1, 5, 3, 4].map((size) => ({ name: `of ${size}`, usedBytes: size, assetCount: 1 }));
    expect(toLargest(rows, 4).map(({ name }) => name)).toEqual(['of 5', 'of 4', 'of 3', 'of 1']);
    expect(toLargest(rows, 3)).toEqual([
      { name: 'of 5', usedBytes: 5, assetCount: 1 },
      { name: 'of 4', usedBytes: 4, assetCount: 1 },
      { name: '2 others', usedBytes: 4, assetCount: 2 },
    ]);
  });
});

test.each([
  [[], 'Nothing: keeps people out'],
  [['ASSETS_READ'], 'Read'],
  [['ASSETS_DELETE', 'ASSETS_READ'], 'Read and delete'],
  [['ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE'], 'Read, add and change'],
] as const)('a role with %j allows: %s', (permissions, words) =>
  expect(toPermissionNames(permissions)).toBe(words),
);

describe('the audit log', () => {
  const actor = { kind: 'USER', id: 'ada', name: 'Ada' } as const;

  test('has words for every mutation of the schema', () => {
    const known = new Set(toActionOptions('').map(({ value }) => value));
    // They change nothing, and so are never on record.
    const unrecorded = new Set(['createDownloadUrl', 'presignUploadParts']);
    const missing = listOperations()
      .filter(({ kind }) => kind === 'mutation')
      .map(({ name }) => name.replace('Mutation.', ''))
      .filter((name) => !known.has(name) && !unrecorded.has(name));
    expect(missing).toEqual([]);
  });

  test.each([
    ['setAgentAssetUploadEnabled', { enabled: false }, 'stopped an agent from asking for files'],
    ['setStorageQuota', { quotaBytes: null }, 'lifted the quota'],
    ['setStorageQuota', { quotaBytes: 0 }, 'set the quota to 0 bytes'],
    ['setSpaceMember', { userId: 'bob', roleId: 'guest' }, 'made bob Guest of a space'],
    ['setSpaceMember', { userId: 'bob', roleId: 'x' }, 'gave bob a role in a space'],
    ['removeSpaceMember', { userId: 'bob', roleId: 'guest' }, 'took the role of bob in a space away'],
    ['completeUpload', { sizeBytes: 1024 }, 'uploaded a file (1 KB)'],
    ['completeUpload', { refusal: 'UPLOAD_MISMATCH' }, 'sent a file that was refused'],
    ['deleteFolder', { folders: 1, files: 3 }, 'deleted 1 folder with 3 files'],
    ['inventSomething', {}, 'did “invent something”'],
  ])('tells %s %j as: %s', (action, details, words) => expect(toDeed({ action, details })).toBe(words));

  test('names who did it', () => {
    expect(toActorName({ actor })).toBe('Ada');
    expect(toActorName({ actor: { ...actor, name: null } })).toBe('ada');
    expect(toActorName({ actor: { kind: 'SERVICE_ACCOUNT', id: 'askfile', name: null } })).toBe(
      'Askfile itself',
    );
  });

  test('tells the details line by line, sizes as sizes', () => {
    const details = {
      sizeBytes: 2048,
      spaceId: 'x',
      parentId: null,
      assetIds: ['a', 'b'],
      enabled: true,
      policy: { maxSizeBytes: 1 },
    };
    expect(toDetails(details).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Size: 2 KB (2,048 bytes)',
      'Space ID: x',
      'Parent ID: none',
      'Asset IDs: a, b',
      'Enabled: yes',
      'Policy: {"maxSizeBytes":1}',
    ]);
  });

  test('keeps an action of a link that it does not know among the choices', () => {
    expect(toActionOptions('inventSomething')[0]).toEqual({
      value: 'inventSomething',
      name: 'invent something',
    });
  });
});

describe('a refusal', () => {
  const wide = new AskfileError('INVALID_CONSTRAINT', 'At most 5.', { extensions: { field: 'policy.x' } });

  test('is told at the field that it names, and then nowhere else', () => {
    expect(toFieldProblem(wide, 'policy.x')).toBe('At most 5.');
    expect(toFieldProblem(wide, 'policy.y')).toBeUndefined();
    expect(withoutFields(wide, ['policy.x'])).toBeUndefined();
    expect(withoutFields(wide, ['policy.y'])).toBe(wide);
    expect(withoutFields(null, [])).toBeUndefined();
  });

  test('of a code that this page does not know is told by its message', () => {
    expect(toAdminRefusal(new AskfileError('BRAND_NEW', 'Turn it off first.')).advice).toBe(
      'Turn it off first.',
    );
    expect(toAdminRefusal(new TypeError('x')).advice).toBe('Try again.');
  });
});

test.each([
  ['2026-11-21T09:00:00Z', 'just now'],
  ['2026-11-21T08:57:00Z', '3 minutes ago'],
  ['2026-11-21T07:00:00Z', '2 hours ago'],
  ['2026-11-20T08:00:00Z', 'yesterday'],
  ['2026-01-01T00:00:00Z', '10 months ago'],
  ['2020-01-01T00:00:00Z', '6 years ago'],
])('%s was %s', (iso, words) => expect(toAgo(iso, Date.parse('2026-11-21T09:00:30Z'))).toBe(words));
