import { validateHeaderValue } from 'node:http';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import {
  normalizeFilename,
  toContentDisposition,
  toExtension,
} from '../../../src/domains/assets/filename.js';

/** Strings that break programs, none of which is to be changed. */
const naughty = [
  'report.pdf',
  'no extension',
  '.htaccess',
  'a.tar.gz',
  ' leading and trailing ',
  'trailing dots...',
  `quotes ' and "double" and \`back\``,
  'semi;colon=equals,comma.txt',
  'percent %41%0d%0a%zz 100%.txt',
  'a%2Fb.txt',
  "$(touch x) `touch x` ; DROP TABLE assets;--'",
  '<script>alert(1)</script>.html'.replace('/', '_'),
  'null',
  'undefined',
  '__proto__',
  'CON',
  'NUL.txt',
  'aux:stream',
  'Grüße aus Köln.txt',
  'résumé.pdf',
  'файл.txt',
  '文件 – 檔案.docx',
  'ملف عربي.pdf',
  'קובץ.pdf',
  'ไฟล์.txt',
  'Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤.txt'.normalize('NFC'),
  '👩‍👩‍👧‍👦 family 🏳️‍🌈.png',
  'می‌خواهم.txt',
  '𝕋𝕙𝕖 𝕢𝕦𝕚𝕔𝕜.txt',
  "filename*=UTF-8''x.txt",
  '=cmd|calc.csv',
  '../..'.replace('/', '_'),
];

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a filename', () => {
  test.each(naughty)('%j is kept to the letter', (name) => {
    expect(normalizeFilename(name)).toBe(name);
  });

  test.each([
    ['a\r\nSet-Cookie: x=1.txt', 'aSet-Cookie: x=1.txt'],
    ['a\0.txt', 'a.txt'],
    ['a\x7f\x85\u2028\u2029.txt', 'a.txt'],
    ['\ufeffa.txt', 'a.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['\u2066a\u2069\u200e\u200f\u061c.txt', 'a.txt'],
    ['a\ud800b\udc00.txt', 'ab.txt'],
    ['re\u0301sume\u0301.pdf', 'résumé.pdf'],
    ['e\u202e\u0301.txt', 'é.txt'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['C:\\fakepath\\photo.jpg', 'photo.jpg'],
    ['folder/', 'folder'],
    ['a/\u202e/b/\0', 'b'],
  ])('%j becomes %j', (raw, name) => {
    expect(normalizeFilename(raw)).toBe(name);
  });

  test.each(['', ' ', '.', '..', '/', '\\\\', '\0', '\u202e', 'a/..', '../.', '\t\r\n'])(
    '%j is none',
    (raw) => {
      expect(refusal(() => normalizeFilename(raw))).toMatchObject({
        code: 'BAD_USER_INPUT',
        extensions: { field: 'file.filename' },
      });
      expect(refusal(() => normalizeFilename(raw, 'filename'))).toMatchObject({
        extensions: { field: 'filename' },
      });
    },
  );

  test('is safe whatever came, and normalising it again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 })),
        (raw) => {
          let name: string;
          try {
            name = normalizeFilename(raw);
          } catch {
            return;
          }
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
          expect(name).not.toMatch(/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069/\\]/u);
          expect(name.normalize('NFC')).toBe(name);
          expect(normalizeFilename(name)).toBe(name);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['a.PDF', 'pdf'],
  ['a.tar.gz', 'gz'],
  ['a', ''],
  ['.htaccess', ''],
  ['a.b c', ''],
  ['a.', ''],
  ['..exe', 'exe'],
  ['a.exe. .', 'exe'],
  ['a.überlang', ''],
  [`a.${'x'.repeat(17)}`, ''],
])('the extension of %j is %j', (filename, extension) => {
  expect(toExtension(filename)).toBe(extension);
});

describe('a content disposition', () => {
  test.each(naughty)('carries %j to the letter', (name) => expectRoundTrip(name));

  test('carries any filename to the letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (raw) => {
        let name: string;
        try {
          name = normalizeFilename(raw);
        } catch {
          return;
        }
        expectRoundTrip(name);
      }),
      { numRuns: 1000 },
    );
  });

  test('has a stand-in in ASCII for old clients', () => {
    expect(toContentDisposition('Grüße "1".txt', 'attachment')).toBe(
      `attachment; filename="Gr??e \\"1\\".txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt`,
    );
    expect(toContentDisposition('report.pdf', 'inline')).toBe('inline; filename=report.pdf');
  });

  function expectRoundTrip(name: string): void {
    const header = toContentDisposition(name, 'attachment');
    validateHeaderValue('content-disposition', header);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    const { type, parameters } = parse(header);
    expect(type).toBe('attachment');
    expect(parameters['filename']).toBe(name);
  }
});
