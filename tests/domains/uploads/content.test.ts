import fc from 'fast-check';
import { mimeAliases } from '../../../src/core/mime-aliases.js';
import { contentHeadBytes, verifyContent } from '../../../src/domains/uploads/content.js';
import { fileKindTable } from '../../../src/domains/uploads/file-kind-table.js';
import { canonicalExtension, findKind, toAssetType } from '../../../src/domains/uploads/file-kinds.js';
import { makePng, sample, samples } from '../../support/samples.js';
import { makeZip } from '../../support/zip.js';

function verify(bytes: Uint8Array, declaredMimeType: string, filename: string) {
  return verifyContent({
    head: bytes.subarray(0, contentHeadBytes),
    sizeBytes: bytes.length,
    declaredMimeType,
    filename,
  });
}

/** The canonical type of each extension that we know. */
const canonicalTypes = new Map(
  fileKindTable.flatMap(([, , mimeType, extensions]) =>
    extensions.split(' ').map((extension) => [extension, mimeType]),
  ),
);

/** The same of those that there is a sample of. */
const types = new Map(
  Object.keys(samples).map((extension) => {
    const mimeType = canonicalTypes.get(extension);
    if (mimeType === undefined) throw new Error(`No kind has .${extension}.`);
    return [extension, mimeType];
  }),
);

/** An ID3 tag of so many bytes with nothing in it. */
function tagged(length: number): Buffer {
  const bytes = Buffer.alloc(10 + length);
  bytes.write('ID3\x03\0\0', 'latin1');
  [21, 14, 7, 0].forEach((shift, index) => bytes.writeUInt8((length >> shift) & 0x7f, 6 + index));
  return bytes;
}

/** A container of the old kind whose directory, in its second sector, has the document encrypted. */
const protectedOffice = (() => {
  const bytes = Buffer.alloc(512 * 4);
  bytes.write('d0cf11e0a1b11ae1', 'hex');
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 48);
  bytes.write('Root Entry', 1024, 'utf16le');
  bytes.write('EncryptedPackage', 1024 + 128, 'utf16le');
  return bytes;
})();

const octetStream = 'application/octet-stream';
const refused = { code: 'UPLOAD_MISMATCH' };

describe('what agrees is verified', () => {
  test.each([...types])('.%s as %s', async (extension, mimeType) => {
    const bytes = sample(extension);
    const expected = { mimeType, type: toAssetType(mimeType) };
    expect(await verify(bytes, mimeType, `file.${extension}`)).toEqual({ ...expected, extension });
    expect(await verify(bytes, mimeType, `FILE.${extension.toUpperCase()}`)).toEqual({
      ...expected,
      extension,
    });
    expect(await verify(bytes, octetStream, `file.${extension}`)).toEqual({
      mimeType: octetStream,
      type: 'OTHER',
      extension,
    });
  });

  test.each([...types])('.%s as %s, by a name without extension', async (extension, mimeType) => {
    expect(await verify(sample(extension), mimeType, 'file')).toMatchObject({
      mimeType,
      extension: canonicalExtension(mimeType),
    });
    expect(await verify(sample(extension), mimeType, 'report.final-version')).toMatchObject({ mimeType });
  });

  test.each([
    ['image/jpg', 'jpg', 'image/jpeg'],
    ['image/pjpeg', 'jpg', 'image/jpeg'],
    ['application/x-zip-compressed', 'zip', 'application/zip'],
    ['audio/x-wav', 'wav', 'audio/wav'],
    ['audio/wave', 'wav', 'audio/wav'],
    ['audio/mp3', 'mp3', 'audio/mpeg'],
    ['audio/x-m4a', 'm4a', 'audio/mp4'],
    ['video/x-msvideo', 'avi', 'video/vnd.avi'],
    ['video/x-matroska', 'mkv', 'video/matroska'],
    ['text/xml', 'xml', 'application/xml'],
    ['application/javascript', 'js', 'text/javascript'],
    ['text/rtf', 'rtf', 'application/rtf'],
    ['image/heic-sequence', 'heic', 'image/heic'],
  ])('%s for .%s, under its canonical name %s', async (declared, extension, canonical) => {
    expect(await verify(sample(extension), declared, `file.${extension}`)).toMatchObject({
      mimeType: canonical,
    });
  });

  test.each([
    ['docx', 'zip', 'a docx that shows only as ZIP'],
    ['xlsx', 'zip', 'an xlsx that shows only as ZIP'],
    ['zip', 'docx', 'a docx declared as ZIP'],
    ['mp4', 'm4a', 'sound in a film container'],
    ['mp4', 'mov', 'a film of another brand'],
    ['webm', 'mkv', 'a film of a kindred container'],
    ['doc', 'xls', 'old Office formats, which share one magic'],
  ])('%s declared, %s inside: %s', async (declared, content) => {
    const mimeType = types.get(declared) ?? '';
    expect(await verify(sample(content), mimeType, `file.${declared}`)).toMatchObject({ mimeType });
  });

  test('HEIC under the name of its kin', async () => {
    expect(await verify(sample('heic'), 'image/heif', 'a.heic')).toMatchObject({ mimeType: 'image/heif' });
    expect(await verify(sample('heic'), 'image/heic', 'a.heif')).toMatchObject({ mimeType: 'image/heic' });
  });

  test('a docx whose telling entry comes late, behind the head', async () => {
    const bytes = makeZip([
      { name: 'word/media/image1.png', content: Buffer.alloc(200_000, 'x'), method: 0 },
      { name: '[Content_Types].xml', content: Buffer.from('<Types/>') },
    ]);
    const { mimeType } = await verify(bytes, types.get('docx') ?? '', 'a.docx');
    expect(mimeType).toBe(types.get('docx'));
  });

  test.each([' ', '\r\n\n', '\ufeff'])('a PDF behind %j, and it is no text', async (before) => {
    const bytes = Buffer.concat([Buffer.from(before), sample('pdf')]);
    expect(await verify(bytes, 'application/pdf', 'a.pdf')).toMatchObject({ mimeType: 'application/pdf' });
    await expect(verify(bytes, 'text/plain', 'a.txt')).rejects.toMatchObject(refused);
  });

  test.each(['mp3', 'flac', 'aac', 'ape', 'mpc'])(
    '.%s behind tags that are longer than the head',
    async (name) => {
      const mimeType = canonicalTypes.get(name) ?? '';
      expect(await verify(tagged(200_000), mimeType, `a.${name}`)).toMatchObject({ mimeType });
    },
  );

  test.each(['docx', 'xlsx', 'pptx', 'docm', 'doc', 'xls'])('a .%s with a password', async (name) => {
    const mimeType = types.get(name) ?? '';
    expect(await verify(protectedOffice, mimeType, `a.${name}`)).toMatchObject({ mimeType });
  });

  test('a workbook from before there were containers', async () => {
    const bytes = Buffer.from('0904060000001000d3105c007000086a', 'hex');
    const mimeType = 'application/vnd.ms-excel';
    expect(await verify(bytes, mimeType, 'a.xls')).toMatchObject({ mimeType });
  });

  test('a graph, which shares its extension with templates of Word', async () => {
    const bytes = Buffer.from('digraph { a -> b }');
    expect(await verify(bytes, octetStream, 'a.dot')).toMatchObject({ extension: 'dot' });
    expect(await verify(bytes, 'text/vnd.graphviz', 'a.dot')).toMatchObject({ type: 'DOCUMENT' });
    await expect(verify(bytes, 'application/msword', 'a.dot')).rejects.toMatchObject(refused);
  });

  test('files whose first bytes are mostly something else', async () => {
    expect(await verify(makePng(200_000), 'image/png', 'a.png')).toMatchObject({ mimeType: 'image/png' });
    const tiff = Buffer.concat([Buffer.from('II*\0\0\0\x10\0', 'latin1'), Buffer.alloc(1_200_000)]);
    expect(await verify(tiff, 'image/tiff', 'a.tif')).toMatchObject({ mimeType: 'image/tiff' });
  });

  test('a GIF with markup in it: it is a GIF, and served as nothing else', async () => {
    const bytes = Buffer.concat([sample('gif'), Buffer.from('<script>alert(1)</script>')]);
    expect(await verify(bytes, 'image/gif', 'a.gif')).toMatchObject({ mimeType: 'image/gif', type: 'IMAGE' });
  });

  test('types that we do not know, where nothing speaks against them', async () => {
    for (const [bytes, mimeType, filename] of [
      [Buffer.from([0, 1, 2, 3, 0xff]), 'application/x-our-own', 'a.own'],
      [sample('zip'), 'application/vnd.apple.pages', 'a.pages'],
      [sample('txt'), 'text/x-python', 'a.py'],
      [sample('txt'), 'application/x-ruby', 'a.rb'],
    ] as const) {
      expect(await verify(bytes, mimeType, filename)).toMatchObject({ mimeType });
    }
  });
});

describe('text', () => {
  const plain = (bytes: Buffer) => verify(bytes, 'text/plain', 'a.txt');

  test.each([
    ['UTF-8', Buffer.from('Grüße')],
    ['UTF-8 with its mark', Buffer.from('\ufeffGrüße')],
    ['UTF-16, little end first', Buffer.from('\ufeffGrüße', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffGrüße', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('Gr\xfc\xdfe \x93quoted\x94', 'latin1')],
    ['nothing', Buffer.alloc(0)],
    ['a coloured log', Buffer.from('\x1b[31mred\x1b[0m\r\n\tindented\f')],
    ['markup, which as plain text does nothing', sample('html')],
    ['what begins like a bitmap', Buffer.from('BMW is a maker of cars, and this is a text about it')],
    [
      'what begins like a program',
      Buffer.from('MZ is the magic of DOS programs, and this is a text about it'),
    ],
  ])('may be %s', async (_name, bytes) => {
    expect(await plain(bytes)).toEqual({ mimeType: 'text/plain', type: 'DOCUMENT', extension: 'txt' });
  });

  test('may be cut by the head within a character', async () => {
    for (let shift = 0; shift < 4; shift += 1) {
      await plain(Buffer.concat([Buffer.alloc(shift, 'x'), Buffer.from('👋'.repeat(contentHeadBytes))]));
    }
    const bytes = Buffer.concat([
      Buffer.from('[1'),
      Buffer.from(',"ü"'.repeat(contentHeadBytes)),
      Buffer.from(']'),
    ]);
    await verify(bytes, 'application/json', 'a.json');
  });

  test.each([
    ['a NUL', Buffer.from('hello\0world')],
    ['other controls', Buffer.from('hello\x01world')],
    ['UTF-16 without its mark', Buffer.from('hello', 'utf16le')],
    ['UTF-16 that ends half-way', Buffer.from('\ufeffhello', 'utf16le').subarray(0, -1)],
    ['a PDF', sample('pdf')],
    ['an RTF', sample('rtf')],
    ['a picture', sample('png')],
    ['a program', sample('exe')],
    ['an archive', sample('zip')],
  ])('is not %s', async (_name, bytes) => {
    await expect(plain(bytes)).rejects.toMatchObject(refused);
  });

  test.each([
    ['application/json', 'a.json', '{"a": '],
    ['application/json', 'a.json', '<html>'],
    ['application/json', 'a.json', ''],
    ['text/html', 'a.html', 'just words, 1 < 2'],
    ['application/xml', 'a.xml', 'just words'],
    ['image/svg+xml', 'a.svg', '<html><svg></svg></html>'],
    ['image/svg+xml', 'a.svg', '<!-- <svg> --><html></html>'],
    ['image/svg+xml', 'a.svg', '<svgx/>'],
  ])('%s as %s is not %j', async (mimeType, filename, text) => {
    await expect(verify(Buffer.from(text), mimeType, filename)).rejects.toMatchObject(refused);
  });

  test.each([
    '<svg/>',
    '\ufeff<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>',
    '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
  ])('%j is an SVG', async (text) => {
    expect(await verify(Buffer.from(text), 'image/svg+xml', 'a.svg')).toMatchObject({ type: 'IMAGE' });
  });

  test('whatever it is, verifying it ends, and soon', async () => {
    for (const text of ['<!--', '<!DOCTYPE [', '<?', '[', '<a '].map((piece) => piece.repeat(20_000))) {
      for (const [mimeType, filename] of [
        ['image/svg+xml', 'a.svg'],
        ['text/html', 'a.html'],
        ['application/json', 'a.json'],
      ] as const) {
        await verify(Buffer.from(text), mimeType, filename).catch((error: unknown) =>
          expect(error).toMatchObject(refused),
        );
      }
    }
  });
});

describe('what does not agree is refused', () => {
  const kinOf = (extension: string) => findKind(types.get(extension) ?? '');
  const textual = new Set(['text', 'json', 'html', 'xml', 'svg', 'script']);

  test('every kind of content under every other kind of declaration', async () => {
    for (const [declared, mimeType] of types) {
      for (const [content, bytes] of Object.entries(samples)) {
        const [a, b] = [kinOf(declared), kinOf(content)];
        // Kin passes for kin, and text for text: those pairs have tests of their own.
        if (a?.kin === b?.kin || (textual.has(a?.kin ?? '') && textual.has(b?.kin ?? ''))) continue;
        await expect(verify(bytes, mimeType, 'file')).rejects.toMatchObject(refused);
        await expect(verify(bytes, mimeType, `file.${declared}`)).rejects.toMatchObject(refused);
        await expect(verify(bytes, octetStream, `file.${declared}`)).rejects.toMatchObject(refused);
      }
    }
  });

  test('every kind of name with every other kind of declaration', async () => {
    for (const [named] of types) {
      for (const [content, mimeType] of types) {
        if (kinOf(named)?.kin === kinOf(content)?.kin) continue;
        await expect(verify(sample(content), mimeType, `file.${named}`)).rejects.toMatchObject(refused);
      }
    }
  });

  test.each([
    ['image/png', 'a.png', 'html'],
    ['image/png', 'a.png', 'svg'],
    ['image/jpeg', 'a.jpg', 'html'],
    ['text/plain', 'a.html', 'html'],
    ['text/plain', 'a.svg', 'svg'],
    ['text/plain', 'a.bat', 'txt'],
    ['text/html', 'a.txt', 'html'],
    ['image/svg+xml', 'a.svg', 'html'],
    ['application/json', 'a.json', 'html'],
    ['image/heic', 'a.heic', 'avif'],
    ['application/pdf', 'invoice.exe', 'pdf'],
    ['application/pdf', 'invoice.exe.', 'pdf'],
    ['application/pdf', 'invoice.exe ', 'pdf'],
    ['text/plain', 'invoice.txt.exe', 'txt'],
  ])('%s named %s with the content of .%s', async (mimeType, filename, content) => {
    await expect(verify(sample(content), mimeType, filename)).rejects.toMatchObject(refused);
  });

  test('a kindred format that is certainly another', async () => {
    await expect(verify(sample('xlsx'), types.get('docx') ?? '', 'a.docx')).rejects.toMatchObject(refused);
    await expect(verify(sample('docm'), types.get('docx') ?? '', 'a.docx')).rejects.toMatchObject(refused);
    await expect(verify(sample('docm'), types.get('docx') ?? '', 'a.docm')).rejects.toMatchObject(refused);
    await expect(verify(sample('odt'), types.get('epub') ?? '', 'a.epub')).rejects.toMatchObject(refused);
  });

  test('sound that is certainly of another kind, behind its tags', async () => {
    const bytes = Buffer.concat([tagged(20), sample('flac')]);
    await verify(bytes, 'audio/flac', 'a.flac');
    await expect(verify(bytes, 'audio/mpeg', 'a.mp3')).rejects.toMatchObject(refused);
    await expect(verify(tagged(200_000), 'video/mp4', 'a.mp4')).rejects.toMatchObject(refused);
  });

  test('a document with a password as anything but a document of Office', async () => {
    for (const name of ['zip', 'odt', 'pdf', 'jar']) {
      const mimeType = canonicalTypes.get(name) ?? '';
      await expect(verify(protectedOffice, mimeType, `a.${name}`)).rejects.toMatchObject(refused);
    }
    await expect(verify(sample('xls'), types.get('xlsx') ?? '', 'a.xlsx')).rejects.toMatchObject(refused);
  });

  test('a PDF that begins as something else', async () => {
    for (const before of ['Some junk\n', '\0', '<script>alert(1)</script>', 'GIF89a', 'x'.repeat(1000)]) {
      const bytes = Buffer.concat([Buffer.from(before), sample('pdf')]);
      await expect(verify(bytes, 'application/pdf', 'a.pdf')).rejects.toMatchObject(refused);
    }
  });

  test('what is not recognised, under a type that could be', async () => {
    const unknown = Buffer.from([1, 2, 3, 4, 0, 0, 7, 8]);
    for (const mimeType of [
      'application/pdf',
      'image/png',
      'image/x-unheard-of',
      'video/x-unheard-of',
      'text/plain',
    ]) {
      await expect(verify(unknown, mimeType, 'file')).rejects.toMatchObject(refused);
      await expect(verify(Buffer.alloc(0), mimeType.replace('text', 'image'), 'file')).rejects.toMatchObject(
        refused,
      );
    }
  });

  test('what is recognised, under a type that we do not know', async () => {
    for (const extension of ['exe', 'png', 'pdf', 'mp4']) {
      await expect(verify(sample(extension), 'application/x-our-own', 'a.own')).rejects.toMatchObject(
        refused,
      );
    }
  });

  test('in words that name both', async () => {
    await expect(verify(sample('pdf'), 'image/png', 'a.png')).rejects.toThrow(
      'The file was declared as image/png, but it looks like application/pdf.',
    );
    await expect(verify(sample('png'), 'image/png', 'a.pdf')).rejects.toThrow(
      'The file was declared as image/png, but its name ends in .pdf.',
    );
    await expect(verify(sample('html'), 'image/png', 'a.png')).rejects.toThrow('it looks like text/html');
    await expect(verify(sample('exe'), octetStream, 'a.pdf')).rejects.toThrow(
      'The name ends in .pdf, but it looks like application/x-msdownload.',
    );
  });
});

test('any bytes at all are verified or refused, and nothing else happens', async () => {
  const heads = Object.values(samples);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.nat(60),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...types.values(), octetStream, 'image/x-unheard-of'),
      async (head, keep, rest, mimeType) => {
        const bytes = Buffer.concat([head.subarray(0, keep), rest]);
        const outcome: unknown = await verify(bytes, mimeType, 'file').catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject(refused);
        else expect(outcome).toMatchObject({ mimeType });
      },
    ),
    { numRuns: 500 },
  );
});

describe('the table of kinds', () => {
  const rows = fileKindTable.map(([, , mimeType, extensions]) => ({ mimeType, extensions }));

  test('names each type once, as a type or as another name of one', () => {
    const types = rows.map(({ mimeType }) => mimeType);
    expect(types).toEqual(expect.arrayContaining(Object.keys(mimeAliases)));
    const names = [...types, ...Object.values(mimeAliases).flatMap((aliases) => aliases.split(' '))];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+\/[a-z0-9][a-z0-9.+-]*$/);
  });

  test('gives every kind a canonical extension', () => {
    for (const { mimeType } of rows) expect(canonicalExtension(mimeType)).toMatch(/^[a-z0-9]{1,16}$/);
    expect(canonicalExtension('application/x-unheard-of')).toBe('bin');
  });

  test('is found by other names, too', () => {
    expect(findKind('image/jpg')).toBe(findKind('image/jpeg'));
    expect(findKind('application/x-unheard-of')).toBeUndefined();
  });

  test.each([
    ['image/x-unheard-of', 'IMAGE'],
    ['audio/x-unheard-of', 'AUDIO'],
    ['video/x-unheard-of', 'VIDEO'],
    ['text/x-unheard-of', 'DOCUMENT'],
    ['application/x-unheard-of', 'OTHER'],
    ['application/zip', 'OTHER'],
    ['application/pdf', 'DOCUMENT'],
  ])('%s is of type %s', (mimeType, type) => expect(toAssetType(mimeType)).toBe(type));
});
