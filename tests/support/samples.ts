import { deflateSync, crc32, gzipSync } from 'node:zlib';
import { makeTar } from './tar.js';
import { makeDocx, makeZip } from './zip.js';

/** The smallest files of each kind that are still of that kind, by extension. */
export const samples: Readonly<Record<string, Buffer>> = {
  png: makePng(),
  jpg: hex('ffd8ffe000104a46494600010100000100010000ffdb004300', 'ffd9'),
  gif: latin1(
    'GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;',
  ),
  webp: latin1(
    'RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00',
  ),
  bmp: hex('424d3a000000000000003600000028000000010000000100000001001800000000000400', '00'.repeat(24)),
  tiff: hex('49492a0008000000010000010300010000000100000000000000', '00'.repeat(16)),
  ico: hex('000001000100101000000100200068040000160000002800'),
  heic: ftyp('heic', 'mif1heic'),
  avif: ftyp('avif', 'mif1avif'),

  pdf: latin1('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
  rtf: latin1('{\\rtf1\\ansi Hello}'),
  doc: makeCfb(),
  xls: makeCfb(),
  ppt: makeCfb(),
  msg: makeCfb(),
  docx: makeDocx(),
  xlsx: makeOoxml('xl/workbook.xml', 'spreadsheetml.sheet'),
  pptx: makeOoxml('ppt/presentation.xml', 'presentationml.presentation'),
  docm: makeZip([
    {
      name: '[Content_Types].xml',
      content: Buffer.from(
        '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>',
      ),
    },
  ]),
  odt: makeOdf('application/vnd.oasis.opendocument.text'),
  ods: makeOdf('application/vnd.oasis.opendocument.spreadsheet'),
  odp: makeOdf('application/vnd.oasis.opendocument.presentation'),
  epub: makeOdf('application/epub+zip'),
  zip: makeZip([{ name: 'a.txt', content: Buffer.from('hello') }]),

  txt: Buffer.from('Grüße, мир, 世界 👋\n'),
  csv: Buffer.from('name,age\nAda,36\n'),
  md: Buffer.from('# Title\n\n<b>bold</b>\n'),
  json: Buffer.from('{"a": [1, 2, null]}'),
  html: Buffer.from('<!doctype html><title>x</title><script>alert(1)</script>'),
  xml: Buffer.from('<?xml version="1.0"?><note/>'),
  svg: Buffer.from('<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
  js: Buffer.from('export const a = 1;\n'),

  mp3: Buffer.concat([
    latin1('ID3\x03\x00\x00\x00\x00\x00\x0a'),
    Buffer.alloc(10),
    hex('fffb9064'),
    Buffer.alloc(500),
  ]),
  wav: latin1(
    'RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00data\x00\x00\x00\x00',
  ),
  flac: latin1('fLaC\x00\x00\x00\x22\x10\x00\x10\x00'),
  ogg: Buffer.concat([
    latin1('OggS\x00\x02'),
    Buffer.alloc(20),
    latin1('\x01\x1e\x01vorbis'),
    Buffer.alloc(30),
  ]),
  aac: hex('fff15080', '00'.repeat(60)),
  mid: latin1('MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60'),
  mp4: ftyp('isom', 'isommp42'),
  m4a: ftyp('M4A ', 'M4A mp42'),
  mov: ftyp('qt  ', 'qt  '),
  '3gp': ftyp('3gp4', '3gp4'),
  webm: makeMatroska('webm'),
  mkv: makeMatroska('matroska'),
  avi: latin1('RIFF\x24\x00\x00\x00AVI LIST\x00\x00\x00\x00hdrlavih'),

  gz: gzipSync('hello'),
  tar: makeTar([{ name: 'a.txt', content: Buffer.from('hello') }]),
  '7z': Buffer.concat([latin1('7z\xbc\xaf\x27\x1c\x00\x04'), Buffer.alloc(24)]),
  rar: Buffer.concat([latin1('Rar!\x1a\x07\x01\x00'), Buffer.alloc(24)]),
  exe: makeProgram(),
  wasm: hex('0061736d01000000'),
};

export function sample(extension: string): Buffer {
  const found = samples[extension];
  if (found === undefined) throw new Error(`There is no sample of .${extension}.`);
  return found;
}

/** A Windows program that does nothing: its headers and no code. */
function makeProgram(): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.write('MZ\x90\x00\x03\x00\x00\x00\x04\x00', 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  return bytes;
}

/** Says to have this size, and has nothing of it. */
export function makePngOf(width: number, height: number): Buffer {
  const bytes = Buffer.from(makePng());
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

/** `chunkBytes` of an ICC profile come before the picture, as cameras and editors write them. */
export function makePng(chunkBytes = 0): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([latin1(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  return Buffer.concat([
    hex('89504e470d0a1a0a'),
    chunk('IHDR', hex('00000001000000010800000000')),
    ...(chunkBytes > 0 ? [chunk('iCCP', Buffer.alloc(chunkBytes))] : []),
    chunk('IDAT', deflateSync(Buffer.alloc(2))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function makeOoxml(main: string, type: string): Buffer {
  const content = `<Types><Override PartName="/${main}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`;
  return makeZip([
    { name: '[Content_Types].xml', content: Buffer.from(content) },
    { name: main, content: Buffer.from('<x/>') },
  ]);
}

function makeOdf(mimeType: string): Buffer {
  return makeZip([
    { name: 'mimetype', content: Buffer.from(mimeType), method: 0 },
    { name: 'content.xml', content: Buffer.from('<x/>') },
  ]);
}

function makeCfb(): Buffer {
  return Buffer.concat([hex('d0cf11e0a1b11ae1'), Buffer.alloc(2040)]);
}

function makeMatroska(docType: string): Buffer {
  const element = Buffer.concat([hex('4282'), Buffer.from([0x80 | docType.length]), latin1(docType)]);
  return Buffer.concat([hex('1a45dfa3'), Buffer.from([0x80 | element.length]), element, Buffer.alloc(20)]);
}

function ftyp(major: string, compatible: string): Buffer {
  const body = Buffer.concat([latin1('ftyp'), latin1(major), Buffer.alloc(4), latin1(compatible)]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return Buffer.concat([size, body, Buffer.alloc(64)]);
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function hex(...parts: string[]): Buffer {
  return Buffer.from(parts.join(''), 'hex');
}
