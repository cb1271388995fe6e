import { box } from './heic.js';
import { makeZip, type ZipMember } from './zip.js';

/** Real documents, as small as they can be and still be read by whoever reads such. */

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** `content` is PDF's own language; a page for each. */
export function makePdf(pages: readonly string[], { more = [] as string[], resources = '' } = {}): Buffer {
  const first = 3 + more.length;
  const kids = pages.map((_, index) => `${first + 1 + 2 * index} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    ...more,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${first + 2 + 2 * index} 0 R
       /Resources << /Font << /F1 ${first} 0 R >> ${resources} >> >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let body = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(`${body}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`, 'latin1');
}

/** A page of text in PDF's language. */
export function pdfText(...lines: string[]): string {
  const shown = lines.map((line) => `(${line}) Tj T*`).join(' ');
  return `BT /F1 24 Tf 28 TL 72 700 Td ${shown} ET`;
}

export function makeWord(body: string, more: readonly ZipMember[] = []): Buffer {
  const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  return makeOffice('word/document.xml', type, [
    part(
      'word/document.xml',
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
    ...more,
  ]);
}

export function wordParagraph(text: string): string {
  return `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** Rows of cells by sheet; texts are shared between cells, as Excel does. */
export function makeWorkbook(
  sheets: Readonly<Record<string, readonly (readonly (string | number)[])[]>>,
): Buffer {
  const texts: string[] = [];
  const cell = (value: string | number) => {
    if (typeof value === 'number') return `<c><v>${value}</v></c>`;
    return `<c t="s"><v>${texts.push(value) - 1}</v></c>`;
  };
  const names = Object.keys(sheets);
  // In another order than their numbers, so that nobody goes by those.
  const fileOf = (index: number) => `worksheets/sheet${names.length - index}.xml`;
  const parts = names.map((name, index) => {
    const rows = (sheets[name] ?? []).map((row) => `<row>${row.map(cell).join('')}</row>`).join('');
    return part(`xl/${fileOf(index)}`, `<worksheet><sheetData>${rows}</sheetData></worksheet>`);
  });
  const list = names.map(
    (name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return makeOffice(
    'xl/workbook.xml',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml',
    [
      part('xl/workbook.xml', `<workbook xmlns:r="${office}"><sheets>${list.join('')}</sheets></workbook>`),
      part('xl/_rels/workbook.xml.rels', toRelations(names.map((_, index) => fileOf(index)))),
      part('xl/sharedStrings.xml', `<sst>${texts.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`),
      ...parts,
    ],
  );
}

/** Paragraphs by slide. */
export function makePresentation(slides: readonly (readonly string[])[]): Buffer {
  const fileOf = (index: number) => `slides/slide${slides.length - index}.xml`;
  const ids = slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 1}"/>`).join('');
  const paragraph = (text: string) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`;
  return makeOffice(
    'ppt/presentation.xml',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml',
    [
      part(
        'ppt/presentation.xml',
        `<p:presentation xmlns:p="p" xmlns:r="${office}"><p:sldIdLst>${ids}</p:sldIdLst></p:presentation>`,
      ),
      part('ppt/_rels/presentation.xml.rels', toRelations(slides.map((_, index) => fileOf(index)))),
      ...slides.map((paragraphs, index) =>
        part(
          `ppt/${fileOf(index)}`,
          `<p:sld xmlns:p="p" xmlns:a="a"><p:txBody>${paragraphs.map(paragraph).join('')}</p:txBody></p:sld>`,
        ),
      ),
    ],
  );
}

/** Any document of ODF: what stands in its body. */
export function makeOpenDocument(body: string, manifest = ''): Buffer {
  const names = ['office', 'text', 'table', 'draw'].map((name) => `xmlns:${name}="urn:${name}"`).join(' ');
  return makeZip([
    // Older ones name a grammar.
    part(
      'META-INF/manifest.xml',
      `<!DOCTYPE manifest SYSTEM "Manifest.dtd"><manifest>${manifest}</manifest>`,
    ),
    part(
      'content.xml',
      `<office:document-content ${names}><office:body>${body}</office:body></office:document-content>`,
    ),
  ]);
}

/** Sixteen bits, mono, 8,000 samples a second: a tone, with its title where one is given. */
export function makeWav(seconds: number, title?: string): Buffer {
  const samples = Buffer.alloc(Math.round(seconds * 8000) * 2);
  for (let index = 0; index * 2 < samples.length; index += 1) {
    samples.writeInt16LE(Math.round(8000 * Math.sin(index / 3)), index * 2);
  }
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0); // PCM
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(8000, 4);
  format.writeUInt32LE(16_000, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const tags =
    title === undefined
      ? []
      : [chunk('LIST', Buffer.concat([Buffer.from('INFO'), chunk('INAM', Buffer.from(`${title}\0`))]))];
  return chunk(
    'RIFF',
    Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), ...tags, chunk('data', samples)]),
  );
}

function chunk(id: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function part(name: string, xml: string): ZipMember {
  return { name, content: Buffer.from(declaration + xml) };
}

function toRelations(targets: readonly string[]): string {
  const list = targets.map((target, index) => `<Relationship Id="rId${index + 1}" Target="${target}"/>`);
  return `<Relationships xmlns="${relations}">${list.join('')}</Relationships>`;
}

function makeOffice(main: string, type: string, members: readonly ZipMember[]): Buffer {
  return makeZip([
    part('[Content_Types].xml', `<Types><Override PartName="/${main}" ContentType="${type}"/></Types>`),
    ...members,
  ]);
}

/** A film without pictures: what its boxes say of it. `turn` in degrees. */
export function makeMp4(film: { seconds: number; width: number; height: number; turn: number }): Buffer {
  const timescale = 1000;
  const movieHeader = Buffer.alloc(100);
  movieHeader.writeUInt32BE(timescale, 12);
  movieHeader.writeUInt32BE(film.seconds * timescale, 16);
  const trackHeader = Buffer.alloc(84);
  // The matrix: the first two of its nine numbers tell how it is turned.
  const [a, b] = film.turn === 0 ? [0x1_0000, 0] : [0, 0x1_0000];
  trackHeader.writeInt32BE(a, 40);
  trackHeader.writeInt32BE(b, 44);
  trackHeader.writeUInt32BE(film.width * 0x1_0000, 76);
  trackHeader.writeUInt32BE(film.height * 0x1_0000, 80);
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\0\0isommp42', 'latin1')),
    box('mdat', Buffer.alloc(64)),
    box('moov', Buffer.concat([box('mvhd', movieHeader), box('trak', box('tkhd', trackHeader))])),
  ]);
}
