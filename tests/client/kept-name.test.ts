import fc from 'fast-check';
import { toKeptName } from '../../src/client/kept-name.js';
import { normalizeFilename } from '../../src/domains/assets/filename.js';

/** What the service keeps; '' for what it refuses. */
function keptByService(name: string): string {
  try {
    return normalizeFilename(name);
  } catch {
    return '';
  }
}

test.each([
  'plan.pdf',
  'דוח\u200f.pdf',
  'tab\there.pdf',
  'a/b\\c.pdf',
  'folder/',
  `${'x'.repeat(260)}.pdf`,
  `${'é'.repeat(200)}.tar.gz`,
  `${'👋'.repeat(70)}.pdf`,
  `x.${'y'.repeat(300)}`,
  'Gru\u0308\u00dfe.txt',
  'half \ud800.txt',
  '\ufeffmark\u2028.txt',
])('%j is kept as the service keeps it', (name) => {
  expect(toKeptName(name)).toBe(keptByService(name));
});

test('so is any name', () => {
  const unit = fc.oneof(
    fc.constantFrom('/', '\\', '.', '\t', '\u200f', '\u0308', '\ud83d', '\udc4b', '\u2028', ' '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  );
  const names = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(names, (name) => {
      const kept = keptByService(name);
      // Which names are refused is the service's to say.
      fc.pre(kept !== '');
      expect(toKeptName(name)).toBe(kept);
    }),
    { numRuns: 1000 },
  );
});
