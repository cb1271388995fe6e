import type { StoredFile } from '../../../src/portal/files/entry.js';
import { changeFile, type FileEvent, type Pages } from '../../../src/portal/files/list-changes.js';
import type { Place } from '../../../src/portal/files/place.js';
import { fileOf, pagesOf, viewOf } from './support.js';

const root: Place = { kind: 'space', spaceId: 's', folderId: undefined };
const folder: Place = { ...root, folderId: 'f' };
const memory: Place = { kind: 'memory', memoryUrn: 'm', agentUrn: 'a', isEncrypted: false };

const event = (kind: FileEvent['kind'], asset: StoredFile): FileEvent => ({ kind, assetId: asset.id, asset });

interface Case {
  readonly place?: Place;
  readonly view?: string;
}

const change = (pages: Pages, it: FileEvent, { place = root, view = '' }: Case = {}) =>
  changeFile(pages, { place, view: viewOf(view) }, it);

const namesIn = (pages: Pages | undefined) =>
  pages?.pages.map(({ nodes }) => nodes.map(({ id }) => Number(id.replace('file-', ''))));

const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((number) => fileOf(number)) as [
  StoredFile,
  StoredFile,
  StoredFile,
  StoredFile,
  StoredFile,
];

test('what changes stays where it is, and nothing else moves', () => {
  const pages = pagesOf([
    [five, four],
    [three, one],
  ]);
  const blocked = { ...three, scanStatus: 'BLOCKED', scanReason: 'a virus' } as const;
  const changed = change(pages, event('UPDATED', blocked));
  expect(namesIn(changed)).toEqual([
    [5, 4],
    [3, 1],
  ]);
  expect(changed?.pages[1]?.nodes[0]).toBe(blocked);
  expect(changed?.pages[0]?.nodes).toEqual([five, four]);
});

test.each(['DELETED', 'PURGED'] as const)('what is %s goes', (kind) => {
  expect(namesIn(change(pagesOf([[three, two]]), event(kind, three)))).toEqual([[2]]);
  expect(namesIn(change(pagesOf([[three, two]]), { kind, assetId: two.id, asset: null }))).toEqual([[3]]);
});

test.each([
  [
    '',
    [
      [5, 4, 3],
      [2, 1],
    ],
  ],
  [
    'sort=oldest',
    [
      [1, 2],
      [3, 4, 5],
    ],
  ],
  [
    'sort=name',
    [
      [1, 2],
      [3, 4, 5],
    ],
  ],
  [
    'sort=largest',
    [
      [5, 4, 3],
      [2, 1],
    ],
  ],
])('what is new stands where the order “%s” says', (view, expected) => {
  const isDescending = view === '' || view === 'sort=largest';
  const before = isDescending
    ? [
        [five, four],
        [two, one],
      ]
    : [
        [one, two],
        [four, five],
      ];
  const after = change(pagesOf(before), event('CREATED', three), { view });
  // At the border of two pages either is right.
  expect(namesIn(after)?.flat()).toEqual(expected.flat());
});

test('names are ordered without regard to case, and equal ones by id', () => {
  const before = pagesOf([[fileOf(1, { filename: 'Apple' }), fileOf(4, { filename: 'cherry' })]]);
  const banana = change(before, event('CREATED', fileOf(2, { filename: 'BANANA' })), { view: 'sort=name' });
  expect(namesIn(banana)).toEqual([[1, 2, 4]]);
  const again = change(before, event('CREATED', fileOf(3, { filename: 'apple' })), { view: 'sort=name' });
  expect(namesIn(again)).toEqual([[1, 3, 4]]);
});

test('what comes after all that was read waits for the page that it is on', () => {
  expect(namesIn(change(pagesOf([[five, four]], true), event('CREATED', one)))).toEqual([[5, 4]]);
  expect(namesIn(change(pagesOf([[five, four]]), event('CREATED', one)))).toEqual([[5, 4, 1]]);
  expect(namesIn(change(pagesOf([[]]), event('RESTORED', one)))).toEqual([[1]]);
});

test('what is moved goes from one folder and comes into the other', () => {
  const moved = { ...two, folder: { id: 'f' } };
  expect(namesIn(change(pagesOf([[three, two]]), event('UPDATED', moved)))).toEqual([[3]]);
  const inFolder = change(pagesOf([[three]]), event('UPDATED', moved), { place: folder });
  expect(namesIn(inFolder)).toEqual([[3, 2]]);
  expect(namesIn(change(pagesOf([[]]), event('CREATED', two), { place: folder }))).toEqual([[]]);
});

test.each([root, memory])('whether something new fits a search, only the service knows: %j', (place) => {
  const search = { place, view: 'q=plan' };
  expect(change(pagesOf([[three]]), event('CREATED', two), search)).toBeUndefined();
  expect(namesIn(change(pagesOf([[three]]), event('UPDATED', three), search))).toEqual([[3]]);
  expect(namesIn(change(pagesOf([[three]]), event('DELETED', three), search))).toEqual([[]]);
});

test('a memory that is filtered by kind takes that kind', () => {
  const pictures = { place: memory, view: 'type=image' };
  expect(namesIn(change(pagesOf([[]]), event('CREATED', one), pictures))).toEqual([[]]);
  const picture = fileOf(2, { type: 'IMAGE' });
  expect(namesIn(change(pagesOf([[]]), event('CREATED', picture), pictures))).toEqual([[2]]);
});
