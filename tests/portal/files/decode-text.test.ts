import { decodeText } from '../../../src/portal/files/preview/decode-text.js';

const text = 'Grüße aus Köln';
const mark = '\ufeff';
const bigEndian = (written: string) => Buffer.from(written, 'utf16le').swap16();

test.each([
  ['UTF-8', Buffer.from(text), text],
  ['UTF-8 with its mark', Buffer.from(mark + text), text],
  ['UTF-16', Buffer.from(mark + text, 'utf16le'), text],
  ['UTF-16, the other way around', bigEndian(mark + text), text],
  ['Windows-1252', Buffer.from(text, 'latin1'), text],
  ['a single letter', Buffer.from('a'), 'a'],
  ['nothing', Buffer.alloc(0), ''],
])('text is read as it was written: %s', (_name, bytes, read) => {
  expect(decodeText(new Uint8Array(bytes).buffer)).toBe(read);
});
