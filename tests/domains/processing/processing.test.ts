import { findProcessingKind } from '../../../src/domains/processing/processing.js';
import { fileKindTable } from '../../../src/domains/uploads/file-kind-table.js';

test.each([
  ['image/svg+xml', undefined],
  ['image/x-icon', undefined],
  ['application/zip', undefined],
  ['application/msword', undefined],
  ['application/vnd.oasis.opendocument.text', 'WORD'],
  ['application/vnd.ms-powerpoint.slideshow.macroenabled.12', 'SLIDES'],
  ['application/x-msdownload', undefined],
  ['image/jpeg', 'IMAGE'],
  ['image/heic', 'IMAGE'],
  ['application/pdf', 'PDF'],
  ['text/html', 'HTML'],
  ['text/x-anything', 'TEXT'],
  ['audio/flac', 'AUDIO'],
  ['video/webm', 'VIDEO'],
])('%s is looked into as %s', (mimeType, kind) => {
  expect(findProcessingKind(mimeType)).toBe(kind);
});

test('whatever is sound, film or text by its type is looked into, but for notes to be played', () => {
  const left = fileKindTable
    .filter(([, type]) => type === 'AUDIO' || type === 'VIDEO')
    .map(([, , mimeType]) => mimeType)
    .filter((mimeType) => findProcessingKind(mimeType) === undefined);
  expect(left).toEqual(['audio/midi']);
});
