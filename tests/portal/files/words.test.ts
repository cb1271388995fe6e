import { AskfileError } from '../../../src/client/index.js';
import { toActs } from '../../../src/portal/files/acts.js';
import { toEntries, toNames } from '../../../src/portal/files/entry.js';
import { toFileRefusal } from '../../../src/portal/files/file-refusals.js';
import { toFolderNode } from '../../../src/portal/files/folder-tree.js';
import { canPreview, toPreviewKind } from '../../../src/portal/files/preview/kinds.js';
import { toDay, toDuration, toPermissionWords, toShortDate } from '../../../src/portal/files/words.js';
import type { Permission } from '../../../src/client/generated/schema.js';
import { fileOf } from './support.js';

const [read, create, update, remove]: readonly Permission[] = [
  'ASSETS_READ',
  'ASSETS_CREATE',
  'ASSETS_UPDATE',
  'ASSETS_DELETE',
];
const permissionsOf = (...some: (Permission | undefined)[]) => some.filter((one) => one !== undefined);
const folder = { id: 'f', name: 'Contracts', updatedAt: '2026-11-21T09:00:00.000Z' };

test.each([
  [[], 'You may do nothing here'],
  [[read], 'You may look, not change'],
  [[create], 'You may add files'],
  [[read, create, update], 'You may see, add and change files'],
  [[remove, update, create, read], 'You may see, add, change and delete files'],
])('%j: %s', (permissions, words) => expect(toPermissionWords(permissionsOf(...permissions))).toBe(words));

test.each([
  [0.2, '0:00'],
  [3, '0:03'],
  [75.4, '1:15'],
  [3_729, '1:02:09'],
])('%d s last %s', (seconds, words) => expect(toDuration(seconds)).toBe(words));

test('dates say no more than is needed to tell them apart', () => {
  const now = new Date(2026, 10, 21, 15, 0).getTime();
  expect(toShortDate(new Date(2026, 10, 21, 9, 5).toISOString(), now)).toBe('09:05');
  expect(toShortDate(new Date(2026, 10, 2).toISOString(), now)).toBe('2 Nov');
  expect(toShortDate(new Date(2025, 10, 2).toISOString(), now)).toBe('2 Nov 2025');
  expect(toDay('2026-11-02')).toBe('2 Nov 2026');
});

test('one is called by its name, several by their number', () => {
  const entries = toEntries([folder, { ...folder, id: 'g' }], [fileOf(1), fileOf(2)]);
  expect(toNames(entries)).toBe('4 items');
  expect(toNames(entries.slice(0, 1))).toBe('Contracts');
  expect(toNames(entries.slice(0, 2))).toBe('2 folders');
  expect(toNames(entries.slice(2))).toBe('2 files');
  expect(toNames(entries.slice(3))).toBe('file 2.pdf');
});

test('nothing is offered that would be refused', () => {
  const space = { kind: 'space', spaceId: 's', folderId: undefined } as const;
  const memory = { kind: 'memory', memoryUrn: 'm', agentUrn: 'a', isEncrypted: false } as const;
  const everything = new Set(permissionsOf(read, create, update, remove));
  const [folderEntry, file, blocked] = toEntries([folder], [fileOf(1), fileOf(2, { scanStatus: 'BLOCKED' })]);
  if (folderEntry === undefined || file === undefined || blocked === undefined) throw new Error('too few');
  expect(toActs(file, space, everything)).toEqual([
    'open',
    'download',
    'rename',
    'move',
    'copy-urn',
    'remove',
  ]);
  expect(toActs(file, memory, everything)).not.toContain('move');
  expect(toActs(blocked, space, everything)).not.toContain('download');
  expect(toActs(file, space, new Set(permissionsOf(read)))).toEqual(['open', 'download', 'copy-urn']);
  expect(toActs(folderEntry, space, everything)).toEqual(['rename', 'move', 'remove']);
  expect(toActs(folderEntry, space, new Set(permissionsOf(read)))).toEqual([]);
});

test.each([
  ['image/png', 'image'],
  ['image/svg+xml', undefined],
  ['text/html', 'text'],
  ['application/json', 'text'],
  ['application/pdf', 'pdf'],
  ['audio/mpeg', 'audio'],
  ['video/webm', 'video'],
  ['application/zip', undefined],
])('%s is looked at as %s', (mimeType, kind) => expect(toPreviewKind({ mimeType })).toBe(kind));

test('only what is known to be safe is looked at', () => {
  expect(canPreview(fileOf(1))).toBe(true);
  expect(canPreview(fileOf(1, { scanStatus: 'PENDING' }))).toBe(false);
  expect(canPreview(fileOf(1, { scanStatus: 'BLOCKED' }))).toBe(false);
  expect(canPreview(fileOf(1, { mimeType: 'application/zip' }))).toBe(false);
});

test('a tree has as much in it as was unfolded and read', () => {
  const folders = new Map([
    ['root', [{ id: 'a', name: 'A' }]],
    ['a', []],
  ]);
  const tree = (...expanded: string[]) =>
    toFolderNode({ id: 'root', name: 'Space' }, new Set(expanded), (id) => folders.get(id));
  expect(tree().children).toEqual([]);
  expect(tree().mayHaveChildren).toBe(true);
  expect(tree('root').children).toEqual([{ id: 'a', name: 'A', children: [], mayHaveChildren: false }]);
});

test.each([
  'NAME_TAKEN',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'FOLDER_NOT_EMPTY',
  'ASSET_BYTES_GONE',
  'SCAN_PENDING',
  'SCAN_BLOCKED',
  'UNAUTHENTICATED',
  'RATE_LIMITED',
  'STORAGE_UNAVAILABLE',
  'SERVICE_UNREACHABLE',
  'INTERNAL_SERVER_ERROR',
  'DOWNLOAD_FAILED',
])('%s is told in words of its own, none of them about requests', (code) => {
  const { title, advice } = toFileRefusal(new AskfileError(code, 'said by the service'));
  expect(title).not.toBe("That didn't work");
  expect(advice).not.toBe('said by the service');
  expect(title + advice).not.toMatch(/request|passed on/);
});

test('what was wrong with the input, and what is new, is told as the service says it', () => {
  const input = new AskfileError('BAD_USER_INPUT', 'The file is application/pdf.');
  expect(toFileRefusal(input).advice).toBe('The file is application/pdf.');
  expect(toFileRefusal(new AskfileError('OUT_OF_TIME', 'Come back.')).advice).toBe('Come back.');
});
