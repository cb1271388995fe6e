import {
  toPlaceWords,
  toRestoredWords,
  toTimeToRestore,
  type Trashed,
} from '../../../src/portal/trash/trash-words.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const agentNames = new Map([['urn:memory', 'Buno']]);

const trashed = (more: Partial<Trashed> = {}): Trashed => ({
  id: '1',
  filename: 'plan.pdf',
  mimeType: 'application/pdf',
  type: 'DOCUMENT',
  sizeBytes: 1,
  restorableUntil: null,
  path: '/drafts/2026/plan.pdf',
  memoryUrn: null,
  folder: { id: 'f1' },
  space: { id: 's1', name: 'Default' },
  ...more,
});
const inMemory = trashed({ path: null, folder: null, space: null, memoryUrn: 'urn:memory' });
const inRoot = trashed({ path: '/plan.pdf', folder: null });

test.each([
  [-60_001, 'About to go'],
  [30_000, 'Less than a minute left'],
  [60_000, '1 minute left'],
  [59 * 60_000, '59 minutes left'],
  [60 * 60_000, '1 hour left'],
  [23.6 * 3_600_000, '24 hours left'],
  [72 * 3_600_000, '3 days left'],
])('%d ms to restore it are: %s', (ms, words) => {
  expect(toTimeToRestore(new Date(now + ms).toISOString(), now)).toBe(words);
});

test.each<[string, Trashed]>([
  ['Default / drafts / 2026', trashed()],
  ['Default', inRoot],
  ['What Buno keeps of you', inMemory],
  ['An agent’s memory', trashed({ space: null, memoryUrn: 'urn:other' })],
])('where it lay is told as: %s', (words, file) => expect(toPlaceWords(file, agentNames)).toBe(words));

test('what comes back is told with where it is, also when its folder is gone', () => {
  const words = (...restored: (readonly [before: Trashed, now: Trashed])[]) =>
    toRestoredWords(
      restored.map(([before, after]) => ({ before, now: after })),
      agentNames,
    );
  expect(words([trashed(), trashed()])).toBe('plan.pdf is back: Default / drafts / 2026');
  expect(words([inMemory, inMemory])).toBe('plan.pdf is back: What Buno keeps of you');
  expect(words([trashed(), inRoot])).toBe('plan.pdf is back, in the root of Default: its folder is gone');
  expect(words([inRoot, inRoot], [inMemory, inMemory])).toBe('2 files are back');
  expect(words([trashed(), inRoot], [inRoot, inRoot])).toBe(
    '2 files are back. 1 now in the root of the space: the folder is gone',
  );
});
