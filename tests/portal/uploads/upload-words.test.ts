import { AskfileError } from '../../../src/client/index.js';
import { fromFileList } from '../../../src/portal/uploads/chosen.js';
import {
  selectShown,
  toTotals,
  type UploadItem,
  type UploadPhase,
} from '../../../src/portal/uploads/upload-item.js';
import type { UploadsState } from '../../../src/portal/uploads/upload-queue.js';
import {
  toAnnouncement,
  toHeadline,
  toItemWords,
  toProgressWords,
  toRestWords,
  toUploadRefusal,
} from '../../../src/portal/uploads/upload-words.js';

const megabyte = 1024 * 1024;

const item = (phase: UploadPhase, more: Partial<UploadItem> = {}): UploadItem => ({
  key: '1',
  kind: 'file',
  name: 'plan.pdf',
  sizeBytes: 10 * megabyte,
  destination: { spaceId: 's1', folderId: undefined, name: 'Default' },
  path: [],
  phase,
  sentBytes: phase === 'sending' || phase === 'interrupted' ? 4 * megabyte : 0,
  isPaused: false,
  rate: undefined,
  error: undefined,
  ...more,
});
const state = (items: UploadItem[], more: Partial<UploadsState> = {}): UploadsState => ({
  items,
  totals: toTotals(items),
  rate: undefined,
  isPaused: false,
  isOffline: false,
  ...more,
});
const many = (phase: UploadPhase, count: number) =>
  Array.from({ length: count }, (_, index) => item(phase, { key: `${phase}-${index}` }));

test.each<[string, UploadsState]>([
  ['Uploading: 2 files left', state([item('sending'), item('waiting'), item('done')])],
  ['Uploading: 1 file and 1 folder left', state([item('sending'), item('waiting', { kind: 'folder' })])],
  ['Paused: 1 file left', state([item('sending')], { isPaused: true })],
  ['Waiting for the connection', state([item('sending')], { isOffline: true })],
  ['3 files uploaded', state(many('done', 3))],
  ['2 files not uploaded', state([...many('failed', 2), item('done')])],
  ['1 upload interrupted', state([item('interrupted'), item('done')])],
])('the tray says: %s', (words, given) => expect(toHeadline(given)).toBe(words));

test('all together are told with their speed, where it is known', () => {
  const items = [item('sending'), item('done'), item('failed')];
  const rate = { bytesPerSecond: 2 * megabyte, secondsLeft: 3 };
  expect(toProgressWords(state(items))).toBe('14 MB of 20 MB');
  expect(toProgressWords(state(items, { rate }))).toBe('14 MB of 20 MB · 2 MB/s · a few seconds left');
});

test.each<[string, UploadItem]>([
  ['Waiting · 10 MB · to Default / a / b', item('waiting', { path: ['a', 'b'] })],
  ['Waiting · to Default', item('waiting', { kind: 'folder', path: ['a'] })],
  ['4 MB of 10 MB', item('sending')],
  ['Paused · 4 MB of 10 MB', item('sending', { isPaused: true })],
  ['Checking that it has arrived whole…', item('sending', { sentBytes: 10 * megabyte })],
  ['10 MB · in Default', item('done')],
  ['Interrupted at 4 MB of 10 MB. Choose it again, and it goes on there.', item('interrupted')],
  [
    'Takes the place of old.pdf once it has been checked',
    item('done', {
      destination: {
        spaceId: 's1',
        folderId: undefined,
        name: 'old.pdf',
        replaces: { assetId: 'a1', filename: 'old.pdf' },
      },
    }),
  ],
])('a row says: %s', (words, given) => expect(toItemWords(given, state([]))).toBe(words));

test('who can’t see it is told how it began and ended, and what went wrong', () => {
  expect(toAnnouncement(state([item('sending'), item('waiting')]))).toBe('Uploading.');
  expect(toAnnouncement(state([item('sending'), item('failed')]))).toBe(
    'Uploading. 1 could not be uploaded.',
  );
  expect(toAnnouncement(state([...many('done', 2), item('failed')]))).toBe(
    '2 files uploaded. 1 could not be uploaded.',
  );
  expect(toAnnouncement(state([item('interrupted')]))).toBe('');
});

test('of thousands, those are shown that move or want something of the person', () => {
  const items = [
    ...many('done', 2000),
    ...many('failed', 3),
    ...many('sending', 4),
    ...many('waiting', 1000),
  ];
  const shown = selectShown(items);
  expect(shown).toHaveLength(40);
  expect(toTotals(shown).counts).toEqual({ sending: 4, failed: 3, waiting: 33, interrupted: 0, done: 0 });
  expect(toRestWords(items, shown)).toBe('And 2,967 more: 967 waiting, 2,000 uploaded');
  const few = many('done', 40);
  expect(selectShown(few)).toBe(few);
});

test.each([
  ...['QUOTA_EXCEEDED', 'FILE_TOO_LARGE', 'UPLOAD_MISMATCH', 'PERMISSION_DENIED', 'NOT_FOUND', 'NAME_TAKEN'],
  ...['UPLOAD_NOT_FOUND', 'UPLOAD_FAILED', 'SERVICE_UNREACHABLE', 'STORAGE_UNAVAILABLE', 'RATE_LIMITED'],
  ...['UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR', 'MIME_TYPE_NOT_ALLOWED'],
])('%s is told in words for what goes into a space', (code) => {
  const { title, advice } = toUploadRefusal(new AskfileError(code, 'said by the service'), { kind: 'file' });
  expect(`${title} ${advice}`).not.toMatch(/said by the service|That didn't work|request|above/);
});

test('a limit is told, and what only the service knows in its words', () => {
  const refusal = (code: string, extensions: object, kind: 'file' | 'folder' = 'file') =>
    toUploadRefusal(new AskfileError(code, 'At most 1000 folders.', { extensions: { ...extensions } }), {
      kind,
    });
  expect(refusal('FILE_TOO_LARGE', { maxSizeBytes: 5 * 1024 ** 3 })).toMatchObject({
    advice: 'Up to 5 GB can be kept.',
    canRetry: false,
  });
  expect(refusal('BAD_USER_INPUT', { field: 'file.sizeBytes' }).title).toBe('The file is empty');
  expect(refusal('BAD_USER_INPUT', { field: 'parentId' }, 'folder')).toMatchObject({
    title: "The folder can't be made",
    advice: 'At most 1000 folders.',
  });
  expect(refusal('SOMETHING_NEW', {}).advice).toBe('At most 1000 folders.');
});

test('of a folder, what systems leave there for themselves stays behind', () => {
  const given = (path: string) => {
    const file = new File(['x'], path.split('/').at(-1) ?? '');
    return Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
  };
  const { files } = fromFileList(
    ['a/1.txt', 'a/.DS_Store', 'a/b/Thumbs.db', 'a/b/2.txt', '3.txt'].map(given),
  );
  expect(files.map(({ file, path }) => [...path, file.name].join('/'))).toEqual([
    'a/1.txt',
    'a/b/2.txt',
    '3.txt',
  ]);
});
