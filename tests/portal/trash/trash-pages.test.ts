import { changeTrash, type TrashEvent, type TrashPages } from '../../../src/portal/trash/trash-pages.js';
import type { Trashed } from '../../../src/portal/trash/trash-words.js';

const trashed = (id: string, change: Partial<Trashed> = {}): Trashed => ({
  id,
  filename: `${id}.pdf`,
  mimeType: 'application/pdf',
  type: 'DOCUMENT',
  sizeBytes: 1,
  restorableUntil: '2026-01-02T00:00:00Z',
  path: `/${id}.pdf`,
  memoryUrn: null,
  folder: null,
  space: { id: 's', name: 'Default' },
  ...change,
});

const pagesOf = (...pages: string[][]): TrashPages => ({
  pageParams: pages.map(() => null),
  pages: pages.map((ids) => ({
    nodes: ids.map((id) => trashed(id)),
    pageInfo: { hasNextPage: true, endCursor: 'c' },
  })),
});

const cases: readonly (readonly [string, TrashEvent, readonly string[][]])[] = [
  ['deleted comes on top', { kind: 'DELETED', assetId: 'n', asset: trashed('n') }, [['n', 'a', 'b'], ['c']]],
  ['deleted is there once', { kind: 'DELETED', assetId: 'c', asset: trashed('c') }, [['a', 'b'], ['c']]],
  [
    'restored is gone',
    { kind: 'RESTORED', assetId: 'b', asset: trashed('b', { restorableUntil: null }) },
    [['a'], ['c']],
  ],
  [
    'deleted and restored since never comes',
    { kind: 'DELETED', assetId: 'n', asset: trashed('n', { restorableUntil: null }) },
    [['a', 'b'], ['c']],
  ],
  ['purged is gone', { kind: 'PURGED', assetId: 'c', asset: null }, [['a', 'b'], []]],
  [
    'changed in a page that was not read changes nothing',
    { kind: 'UPDATED', assetId: 'n', asset: trashed('n') },
    [['a', 'b'], ['c']],
  ],
];

test.each(cases)('what is %s', (_name, event, expected) => {
  const { pages } = changeTrash(pagesOf(['a', 'b'], ['c']), event);
  expect(pages.map(({ nodes }) => nodes.map(({ id }) => id))).toEqual(expected);
});

test('what is in the trash is shown as it is now', () => {
  const asset = trashed('b', { filename: 'new name.pdf' });
  const { pages } = changeTrash(pagesOf(['a', 'b']), { kind: 'UPDATED', assetId: 'b', asset });
  expect(pages[0]?.nodes[1]?.filename).toBe('new name.pdf');
});
