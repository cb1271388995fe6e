import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { ProcessingKind } from '../../../src/domains/processing/processing.js';
import { makeEndlessPdf, makeInflatingWord } from '../../support/bombs.js';
import { makePdf, makeWord, makeWorkbook, pdfText, wordParagraph } from '../../support/documents.js';
import { linkChildEntry, openExtractor } from '../../support/extraction.js';
import { findProcessesOf } from '../../support/processes.js';
import { startHttpServer } from '../../support/http-server.js';
import { makePngOf, sample } from '../../support/samples.js';
import { until } from '../../support/until.js';
import { makeZip } from '../../support/zip.js';
import { makeZipQuine } from '../../support/zip-quine.js';

const folder = await mkdtemp(join(tmpdir(), 'askfile-bombs-'));
const entry = await linkChildEntry(folder);
const { extract, found } = openExtractor({ entry, timeoutSeconds: 20, memoryMegabytes: 512 });

afterEach(() => until(() => findProcessesOf(folder).length === 0));
afterAll(() => rm(folder, { recursive: true }));

const secret = 'root:';

/** A Word document whose text part is this. */
const wordOf = (xml: string | Buffer) => makeZip([{ name: 'word/document.xml', content: Buffer.from(xml) }]);

const entities = Array.from(
  { length: 20 },
  (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};&e${index};">`,
);

test.each<[string, ProcessingKind, string, Buffer, string]>([
  [
    'claims more dots than anybody has',
    'IMAGE',
    'image/png',
    makePngOf(60_000, 60_000),
    'The picture has more than 100 million pixels.',
  ],
  ['inflates without end', 'WORD', 'x/y', makeInflatingWord(), 'The document inflates to more than is read.'],
  [
    'expands entities of its own',
    'WORD',
    'x/y',
    wordOf(`<!DOCTYPE d [<!ENTITY e0 "ha">${entities.join('')}]><d><t>&e20;</t></d>`),
    'The document declares entities of its own, and is not read.',
  ],
  [
    'names a file of this machine',
    'WORD',
    'x/y',
    wordOf('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d><t>&x;</t></d>'),
    'The document declares entities of its own, and is not read.',
  ],
  ['is nested without end', 'WORD', 'x/y', wordOf('<a>'.repeat(100_000)), 'The document is nested too deep.'],
  ['is no XML', 'WORD', 'x/y', wordOf('<a><b></a>'), 'The document is damaged: its XML is not well-formed.'],
  [
    'has more parts than a document',
    'WORD',
    'x/y',
    makeZip(
      Array.from({ length: 10_001 }, (_, index) => ({ name: String(index), content: Buffer.alloc(0) })),
    ),
    'The document has too many parts.',
  ],
  [
    'is a ZIP in its own part',
    'WORD',
    'x/y',
    wordOf(sample('zip')),
    'The document is damaged: its XML is not well-formed.',
  ],
  ['holds nothing but itself', 'WORD', 'x/y', makeZipQuine(), 'The document has no text part.'],
])('a file that %s is FAILED', async (_, kind, mimeType, bytes, reason) => {
  expect(await extract(kind, mimeType, bytes)).toEqual({ status: 'FAILED', reason });
});

test('as many dots as are allowed are drawn within the memory of a child', async () => {
  const bytes = await sharp({ create: { width: 10_000, height: 9_999, channels: 3, background: 'red' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  expect(await found('IMAGE', 'image/png', bytes)).toMatchObject({ width: 10_000, height: 9_999 });
});

test('a workbook whose cells all show one long text is cut, not multiplied', async () => {
  const rows = Array.from({ length: 500 }, () => ['x'.repeat(10_000)]);
  const { text, isTextCut } = await found('SHEET', 'x/y', makeWorkbook({ All: rows }));
  expect(isTextCut).toBe(true);
  expect(text?.length).toBeLessThanOrEqual(2 ** 20);
  expect(text?.length).toBeGreaterThan(2 ** 20 - 10_000);
});

test('a PDF that claims pages without end has the text of the first', async () => {
  const bytes = Buffer.from(
    makePdf([pdfText('First')])
      .toString('latin1')
      .replace('/Count 1', '/Count 9'),
    'latin1',
  );
  const extraction = await extract('PDF', 'application/pdf', bytes);
  expect(extraction.status).not.toBe('CRASHED');
});

test('a PDF whose pages contain themselves is not read for ever', async () => {
  const bytes = Buffer.from(
    makePdf([pdfText('First')])
      .toString('latin1')
      .replace(/Kids \[[^\]]*\]/, 'Kids [2 0 R]'),
    'latin1',
  );
  expect((await extract('PDF', 'application/pdf', bytes)).status).toBe('FAILED');
});

test('a PDF that goes on and on is ended, and leaves nothing behind', async () => {
  const hasty = openExtractor({ entry, timeoutSeconds: 2 });
  const extraction = hasty.extract('PDF', 'application/pdf', makeEndlessPdf());
  await until(() => findProcessesOf(folder).length > 0);
  expect(await extraction).toEqual({ status: 'CRASHED', reason: 'Reading the file took too long.' });
});

test('a PDF whose drawing paints itself again and again has its text', async () => {
  const form = (content: string, name: string) =>
    `<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /F0 ${name} 0 R >> >>
     /Length ${content.length} >>\nstream\n${content}\nendstream`;
  const bytes = makePdf([`/F0 Do ${pdfText('Beside a loop')}`], {
    more: [form('/F0 Do /F0 Do', '4'), form('/F0 Do /F0 Do', '3')],
    resources: '/XObject << /F0 3 0 R >>',
  });
  expect(await found('PDF', 'application/pdf', bytes)).toMatchObject({ text: 'Beside a loop' });
});

test('a PDF whose stream inflates without end takes no more than a child may', async () => {
  const bits = deflateSync(Buffer.alloc(512 * 2 ** 20), { level: 1 }).toString('latin1');
  const bomb = `<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Filter /FlateDecode /Length ${bits.length} >>\nstream\n${bits}\nendstream`;
  const bytes = makePdf([`/F0 Do ${pdfText('Beside a bomb')}`], {
    more: [bomb],
    resources: '/XObject << /F0 3 0 R >>',
  });
  const extraction = await extract('PDF', 'application/pdf', bytes);
  if (extraction.status === 'DONE') expect(extraction.extract.text).toContain('Beside a bomb');
  else expect(extraction.reason).toMatch(/memory|too long|damaged/);
});

test('nothing that a file refers to is fetched', async () => {
  const server = await startHttpServer((_request, response) => response.end('fetched'));
  const { endpoint } = server;
  const html = `<link rel=stylesheet href="${endpoint}/a"><img src="${endpoint}/b"><iframe src="file:///etc/passwd"></iframe><p>seen`;
  expect(await found('HTML', 'text/html', Buffer.from(html))).toMatchObject({ text: 'seen' });
  const word = makeWord(wordParagraph('seen'), [
    {
      name: 'word/_rels/document.xml.rels',
      content: Buffer.from(
        `<Relationships><Relationship Id="r" TargetMode="External" Target="${endpoint}/c"/></Relationships>`,
      ),
    },
  ]);
  expect(await found('WORD', 'x/y', word)).toMatchObject({ text: 'seen' });
  const pdf = makePdf([pdfText('seen')], { more: [`<< /S /URI /URI (${endpoint}/d) >>`] });
  expect(await found('PDF', 'application/pdf', pdf)).toMatchObject({ text: 'seen' });
  const playlist = Buffer.from(
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${endpoint}/e\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`,
  );
  const extraction = await extract('VIDEO', 'video/mp4', playlist);
  expect(JSON.stringify(extraction)).not.toContain(secret);
  expect(server.seen).toEqual([]);
  await server.close();
});

test('whatever it is, and whatever it is taken for, it ends as DONE or FAILED', async () => {
  const noise = Buffer.from(
    Array.from({ length: 20_000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff),
  );
  const kinds: ProcessingKind[] = [
    'IMAGE',
    'PDF',
    'WORD',
    'SHEET',
    'SLIDES',
    'TEXT',
    'HTML',
    'AUDIO',
    'VIDEO',
  ];
  for (const kind of kinds) {
    const { status } = await extract(kind, 'video/mp4', noise);
    expect([kind, ['DONE', 'FAILED'].includes(status)]).toEqual([kind, true]);
  }
});
