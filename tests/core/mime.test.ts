import { isMimeTypeAllowed, normalizeMimePattern, normalizeMimeType } from '../../src/core/mime.js';

describe('a MIME type', () => {
  test.each([
    ['application/pdf', 'application/pdf'],
    ['  Image/PNG ', 'image/png'],
    ['text/plain; charset=utf-8', 'text/plain'],
    ['image/svg+xml', 'image/svg+xml'],
    ['image/JPG; q=1', 'image/jpeg'],
    ['application/x-unheard-of', 'application/x-unheard-of'],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
  ])('%j is normalised to %j', (text, normalised) => {
    expect(normalizeMimeType(text)).toBe(normalised);
  });

  test.each([
    '',
    'pdf',
    '/',
    'a/',
    '/b',
    'a/b/c',
    'image/*',
    '*/*',
    'a b/c',
    'a/b\r\nx: y',
    'a/b\u0000',
    `a/${'b'.repeat(128)}`,
  ])('%j is none', (text) => {
    expect(normalizeMimeType(text)).toBeUndefined();
  });

  test('may be a whole group in a rule, but not everything', () => {
    expect(normalizeMimePattern(' Image/* ')).toBe('image/*');
    expect(normalizeMimePattern('image/pjpeg')).toBe('image/jpeg');
    expect(normalizeMimePattern('*/*')).toBeUndefined();
    expect(normalizeMimePattern('*')).toBeUndefined();
  });

  test('is allowed by itself and by its group, and by nothing that only looks alike', () => {
    expect(isMimeTypeAllowed('image/png', ['text/plain', 'image/png'])).toBe(true);
    expect(isMimeTypeAllowed('image/png', ['image/*'])).toBe(true);
    expect(isMimeTypeAllowed('imagex/png', ['image/*'])).toBe(false);
    expect(isMimeTypeAllowed('image/png2', ['image/png'])).toBe(false);
    expect(isMimeTypeAllowed('image/png', [])).toBe(false);
  });
});
