import { deflateRawSync, deflateSync } from 'node:zlib';
import { makePdf } from './documents.js';
import { makeZip } from './zip.js';

/** Files that are made to harm whoever reads them. */

/** A PDF that saves and restores its state sixty million times: a megabyte, and minutes to read. */
export function makeEndlessPdf(): Buffer {
  const steps = deflateSync(Buffer.alloc(240 * 2 ** 20, 'q Q '), { level: 1 });
  const form = `<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Filter /FlateDecode /Length ${steps.length} >>
stream
${steps.toString('latin1')}
endstream`;
  return makePdf(['/F0 Do'], { more: [form], resources: '/XObject << /F0 3 0 R >>' });
}

/** A Word document whose text is 300 MiB of white space. */
export function makeInflatingWord(): Buffer {
  const start = Buffer.from('<w:document>');
  const sizeBytes = start.length + 300 * 2 ** 20;
  const data = deflateRawSync(Buffer.concat([start, Buffer.alloc(sizeBytes - start.length, ' ')]), {
    level: 1,
  });
  const content = Buffer.alloc(0);
  return makeZip([
    { name: 'word/document.xml', content, data, central: { sizeBytes }, local: { sizeBytes } },
  ]);
}
