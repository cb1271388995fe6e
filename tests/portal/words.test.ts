import { AskfileError } from '../../src/client/index.js';
import { defaultUploadLimits } from '../../src/domains/capabilities/upload-limits.js';
import { toTypeNames } from '../../src/portal/words/file-types.js';
import { isTakenOver, toRefusal } from '../../src/portal/words/refusals.js';
import { toSize } from '../../src/portal/words/size.js';
import { toClock, toTimeLeft } from '../../src/portal/words/time.js';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KB'],
  [1536, '1.5 KB'],
  [1024 * 1024 - 31, '1 MB'],
  [50 * 1024 * 1024, '50 MB'],
  [5 * 1024 ** 3, '5 GB'],
])('%d bytes are %s', (bytes, words) => expect(toSize(bytes)).toBe(words));

test.each([
  [-5, '0:00'],
  [1, '0:01'],
  [59_001, '1:00'],
  [245_000, '4:05'],
  [3_729_000, '1:02:09'],
])('%d ms on the clock are %s', (ms, words) => expect(toClock(ms)).toBe(words));

test.each([
  [1, 'a few seconds left'],
  [12, '15 seconds left'],
  [70, 'about a minute left'],
  [600, 'about 10 minutes left'],
  [3600, 'about an hour left'],
  [7300, 'about 2 hours left'],
])('%d s are %s', (seconds, words) => expect(toTimeLeft(seconds)).toBe(words));

test('types have the names that people give them', () => {
  expect(toTypeNames(defaultUploadLimits.allowedMimeTypes)).toBe(
    'PDF, pictures, Word, Excel, PowerPoint or text',
  );
  expect(toTypeNames(['image/*'])).toBe('pictures');
  expect(toTypeNames(['image/png'])).toBe('PNG pictures');
  expect(toTypeNames(['application/pdf', 'application/x-rare'])).toBe('PDF or application/x-rare');
});

/** What answering, declining and reading are refused with. */
const refusals = [
  ...['FILE_TOO_LARGE', 'MIME_TYPE_NOT_ALLOWED', 'UPLOAD_MISMATCH', 'SCAN_BLOCKED', 'ASSET_BYTES_GONE'],
  ...['UPLOAD_IN_PROGRESS', 'UPLOAD_NOT_FOUND', 'PROMPT_ALREADY_RESOLVED', 'QUOTA_EXCEEDED', 'NOT_FOUND'],
  ...['UNAUTHENTICATED', 'PERMISSION_DENIED', 'RATE_LIMITED', 'STORAGE_UNAVAILABLE', 'UPLOAD_FAILED'],
  ...['SERVICE_UNREACHABLE', 'INTERNAL_SERVER_ERROR'],
];

test.each(refusals)('%s is told in words of its own', (code) => {
  const { title, advice } = toRefusal(new AskfileError(code, 'said by the service'));
  expect(title).not.toBe("That didn't work");
  expect(advice).not.toBe('said by the service');
});

test('whatever else is refused is told as the service says it', () => {
  const error = new AskfileError('SOMETHING_NEW', 'The moon is full.');
  expect(toRefusal(error)).toMatchObject({ advice: 'The moon is full.', next: 'again' });
  expect(toRefusal(new TypeError('x is not a function')).advice).toBe('Try again.');
});

test('an upload that storage or the service no longer knows may have been taken over', () => {
  const failed = (status: number) => new AskfileError('UPLOAD_FAILED', '', { extensions: { status } });
  expect(isTakenOver(failed(404))).toBe(true);
  expect(isTakenOver(failed(503))).toBe(false);
  expect(isTakenOver(new AskfileError('UPLOAD_NOT_FOUND', ''))).toBe(true);
  expect(isTakenOver(new Error('no'))).toBe(false);
});
