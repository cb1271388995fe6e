import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { ProcessingKind } from '../../../src/domains/processing/processing.js';
import { maxTextBytes } from '../../../src/domains/assets/asset-texts.js';
import {
  makeMp4,
  makeOpenDocument,
  makePdf,
  makePresentation,
  makeWav,
  makeWord,
  makeWorkbook,
  pdfText,
  wordParagraph,
} from '../../support/documents.js';
import type { Tools } from '../../../src/infra/extraction/protocol.js';
import { makeHeic } from '../../support/heic.js';
import { childEntry, openExtractor } from '../../support/extraction.js';
import { sample } from '../../support/samples.js';

const { found, extract } = openExtractor();

const nothing = {
  text: null,
  isTextCut: false,
  width: null,
  height: null,
  durationSeconds: null,
  thumbnail: null,
};

const drawing = (width = 1200, height = 400, text = 'Invoice 2026') =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}"
       height="${height}" fill="white"/><text x="60" y="220" font-size="110">${text}</text></svg>`,
    ),
  );

/** The same for several programs: the last is for those that know nothing else. */
function versions(...choices: readonly string[]): string {
  const fallback = choices.length > 1 ? `<mc:Fallback>${choices.at(-1)}</mc:Fallback>` : '';
  const known = choices.slice(0, Math.max(1, choices.length - 1));
  const requiring = known.map((choice) => `<mc:Choice Requires="wps">${choice}</mc:Choice>`).join('');
  return `<mc:AlternateContent>${requiring}${fallback}</mc:AlternateContent>`;
}

describe('text', () => {
  test.each<[string, ProcessingKind, string, Buffer, string]>([
    [
      'a PDF',
      'PDF',
      'application/pdf',
      makePdf([pdfText('A plan', 'for two'), pdfText('Page 2')]),
      'A plan\nfor two\n\nPage 2',
    ],
    [
      'a Word document',
      'WORD',
      'x/y',
      makeWord(
        `${wordParagraph('Hello &amp;')}<w:p><w:r><w:t>wo</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>rld</w:t></w:r></w:p>`,
      ),
      'Hello &\nworld',
    ],
    [
      'a Word document with text boxes, each of which is in it once for every program that may open it',
      'WORD',
      'x/y',
      makeWord(
        versions(wordParagraph('A box'), wordParagraph('A box'), wordParagraph('A box')) +
          versions(wordParagraph('outer') + versions(wordParagraph('inner'), wordParagraph('inner'))) +
          `<mc:AlternateContent><mc:Fallback>${wordParagraph('old')}</mc:Fallback></mc:AlternateContent>` +
          wordParagraph('after'),
      ),
      'A box\nouter\ninner\nold\nafter',
    ],
    [
      'a presentation with what newer programs know',
      'SLIDES',
      'x/y',
      makePresentation([[`1${versions('<a:t>new</a:t>', '<a:t>new</a:t>')}`]]),
      '1new',
    ],
    [
      'a workbook',
      'SHEET',
      'x/y',
      makeWorkbook({
        Income: [
          ['Sales', 1],
          ['Rent', 2.5],
        ],
        Costs: [['Tea']],
      }),
      'Income\nSales\t1\nRent\t2.5\n\nCosts\nTea',
    ],
    ['a presentation', 'SLIDES', 'x/y', makePresentation([['One', 'first'], ['Two']]), 'One\nfirst\n\nTwo'],
    [
      'an OpenDocument text',
      'WORD',
      'x/y',
      makeOpenDocument(
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>A  plan</text:h><text:p>for<text:s/>two<text:line-break/>of us</text:p>',
      ),
      'A plan\nfor two\nof us',
    ],
    [
      'an OpenDocument workbook',
      'SHEET',
      'x/y',
      makeOpenDocument(
        '<table:table><table:table-row><table:table-cell><text:p>Tea</text:p><text:p>green</text:p></table:table-cell><table:table-cell><text:p>2.5</text:p></table:table-cell></table:table-row></table:table>',
      ),
      'Tea green\t2.5',
    ],
    [
      'an OpenDocument presentation',
      'SLIDES',
      'x/y',
      makeOpenDocument(
        '<draw:page><text:p>One</text:p></draw:page><draw:page><text:p>Two</text:p></draw:page>',
      ),
      'One\n\nTwo',
    ],
    ['plain text', 'TEXT', 'text/plain', sample('txt'), 'Grüße, мир, 世界 👋'],
    ['Markdown', 'TEXT', 'text/markdown', sample('md'), '# Title\n\n<b>bold</b>'],
    ['CSV', 'TEXT', 'text/csv', sample('csv'), 'name,age\nAda,36'],
    ['text of UTF-16', 'TEXT', 'text/plain', Buffer.from('\ufeffGrüße', 'utf16le'), 'Grüße'],
    [
      'text of an older Windows',
      'TEXT',
      'text/plain',
      Buffer.from('Gr\xfc\xdfe \x93f\xfcr 5 \x80\x94', 'latin1'),
      'Grüße “für 5 €”',
    ],
    [
      'HTML',
      'HTML',
      'text/html',
      Buffer.from(
        '<title>T</title><style>p{}</style><p>One &lt;two&gt;<br>three<script>alert(1)</script><p>four',
      ),
      'T\n\nOne <two>\nthree\n\nfour',
    ],
    ['a recording’s tags', 'AUDIO', 'audio/wav', makeWav(0.5, 'Dictation'), 'Title: Dictation'],
  ])('of %s', async (_, kind, mimeType, bytes, text) => {
    expect(await found(kind, mimeType, bytes)).toMatchObject({ text, isTextCut: false });
  });

  test('of a PDF is that of the pages which are not damaged', async () => {
    const bytes = makePdf([pdfText('First'), pdfText('Second')])
      .toString('latin1')
      .replace('6 0 R', '99 0 R');
    expect(await found('PDF', 'application/pdf', Buffer.from(bytes, 'latin1'))).toMatchObject({
      text: 'First',
    });
  });

  test('is cut where there is too much of it, between characters', async () => {
    const bytes = Buffer.from('ü'.repeat(maxTextBytes));
    const { text, isTextCut } = await found('TEXT', 'text/plain', bytes);
    expect([Buffer.byteLength(text ?? ''), /^ü+$/.test(text ?? ''), isTextCut]).toEqual([
      maxTextBytes,
      true,
      true,
    ]);
  });

  test('of nothing is none', async () => {
    expect(await found('TEXT', 'text/plain', Buffer.from(' \n'))).toEqual(nothing);
  });
});

test('a folder with secrets is hidden from the child, unless the child itself is in it', async () => {
  const secrets = [fileURLToPath(new URL('.', childEntry)), join(tmpdir(), 'nowhere'), '/'];
  const { extract: extractBeside } = openExtractor({ secrets });
  expect(await extractBeside('TEXT', 'text/plain', Buffer.from('words'))).toMatchObject({ status: 'DONE' });
});

describe('pictures', () => {
  test.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)('of type %s', async (format) => {
    const bytes = await drawing().toFormat(format).toBuffer();
    const { thumbnail, ...rest } = await found('IMAGE', `image/${format}`, bytes);
    expect(rest).toEqual({ ...nothing, thumbnail: undefined, width: 1200, height: 400 });
    expect(await sharp(thumbnail ?? undefined).metadata()).toMatchObject({
      format: 'webp',
      width: 512,
      height: 171,
    });
  });

  test('of telephones: HEIC, turned as the file says', async () => {
    const { thumbnail, ...rest } = await found('IMAGE', 'image/heic', makeHeic());
    expect(rest).toMatchObject({ width: 48, height: 64 });
    const picture = sharp(thumbnail ?? undefined);
    expect(await picture.metadata()).toMatchObject({ format: 'webp', width: 48, height: 64 });
    expect((await picture.stats()).channels.map(({ mean }) => Math.round(mean / 32))).toEqual([0, 4, 4]);
  });

  test('that break off are drawn as far as they go', async () => {
    const bytes = await drawing().jpeg().toBuffer();
    const { thumbnail } = await found('IMAGE', 'image/jpeg', bytes.subarray(0, bytes.length / 2));
    expect(await sharp(thumbnail ?? undefined).metadata()).toMatchObject({ width: 512, height: 171 });
  });

  test('of a PDF: its first page', async () => {
    const red = '1 0 0 rg 0 0 612 792 re f';
    const { thumbnail, text } = await found(
      'PDF',
      'application/pdf',
      makePdf([`${red} 0 g ${pdfText('Red')}`, pdfText('White')]),
    );
    expect(text).toBe('Red\n\nWhite');
    const picture = sharp(thumbnail ?? undefined);
    expect(await picture.metadata()).toMatchObject({ format: 'webp', width: 396, height: 512 });
    expect((await picture.stats()).channels.map(({ mean }) => mean > 128)).toEqual([true, false, false]);
  });

  test('small ones are not made larger', async () => {
    const { thumbnail } = await found('IMAGE', 'image/png', sample('png'));
    expect(await sharp(thumbnail ?? undefined).metadata()).toMatchObject({ width: 1, height: 1 });
  });

  test('the place and the camera are not in the thumbnail, which is turned as the camera noted', async () => {
    const bytes = await drawing(800, 600)
      .withMetadata({ orientation: 6 })
      .withExifMerge({
        IFD0: { Make: 'Canary', Artist: 'Canary' },
        IFD3: { GPSLatitude: '52/1 30/1 0/1', GPSLatitudeRef: 'N' },
      })
      .jpeg()
      .toBuffer();
    expect((await sharp(bytes).metadata()).exif?.includes('Canary')).toBe(true);
    const { width, height, thumbnail } = await found('IMAGE', 'image/jpeg', bytes);
    expect([width, height]).toEqual([600, 800]);
    const metadata = await sharp(thumbnail ?? undefined).metadata();
    expect(metadata).toMatchObject({ width: 384, height: 512 });
    expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(thumbnail?.includes('Canary')).toBe(false);
  });
});

describe('sound and film', () => {
  test('a recording’s length', async () => {
    expect(await found('AUDIO', 'audio/wav', makeWav(1.5))).toEqual({ ...nothing, durationSeconds: 1.5 });
  });

  test.each([
    ['as it was taken', 0, [640, 360]],
    ['held upright', 90, [360, 640]],
  ])('a film’s length and size, %s, without any program for it', async (_, turn, [width, height]) => {
    const bytes = makeMp4({ seconds: 12.5, width: 640, height: 360, turn });
    expect(await found('VIDEO', 'video/mp4', bytes)).toEqual({
      ...nothing,
      durationSeconds: 12.5,
      width,
      height,
    });
  });
});

/** Shell scripts in their place, which say what the real ones would. */
describe('programs that this machine may have', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'askfile-tools-'))));
  afterAll(() => rm(folder, { recursive: true }));

  async function install(tools: Readonly<Record<string, string>>, timeoutSeconds = 20) {
    const paths = Object.keys(tools).map((name) => [name, join(folder, name)]);
    for (const [name, script] of Object.entries(tools)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    }
    await chmod(folder, 0o755);
    const findTools = () => Promise.resolve(Object.fromEntries(paths) as Tools); // named as they are
    return openExtractor({ ocrLanguages: 'deu+eng', timeoutSeconds, findTools });
  }

  test('what tesseract reads in a picture is its text', async () => {
    const tools = await install({ tesseract: 'cat >/dev/null; echo "read with $*"' });
    const bytes = await drawing().png().toBuffer();
    expect(await tools.found('IMAGE', 'image/png', bytes)).toMatchObject({
      text: 'read with stdin stdout -l deu+eng',
      width: 1200,
    });
  });

  test('a PDF without letters is read page by page, one with them is not', async () => {
    const tools = await install({ tesseract: 'cat >/dev/null; echo scanned' });
    const jpeg = await drawing().jpeg().toBuffer();
    const picture = `<< /Type /XObject /Subtype /Image /Width 1200 /Height 400 /ColorSpace /DeviceRGB
      /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n${jpeg.toString('latin1')}\nendstream`;
    const page = 'q 600 0 0 200 6 400 cm /Im1 Do Q';
    const resources = { more: [picture], resources: '/XObject << /Im1 3 0 R >>' };
    expect(await tools.found('PDF', 'application/pdf', makePdf([page, page], resources))).toMatchObject({
      text: 'scanned\n\nscanned',
    });
    expect(
      await tools.found('PDF', 'application/pdf', makePdf([pdfText('Enough letters')], resources)),
    ).toMatchObject({ text: 'Enough letters' });
  });

  test('black and white of one bit a dot is read too', async () => {
    const tools = await install({ tesseract: 'head -c 4 | tail -c 3' });
    const bits = deflateSync(Buffer.alloc(100 * 800, 0xaa)).toString('latin1');
    const picture = `<< /Type /XObject /Subtype /Image /Width 800 /Height 800 /ColorSpace /DeviceGray
      /BitsPerComponent 1 /Filter /FlateDecode /Length ${bits.length} >>\nstream\n${bits}\nendstream`;
    const bytes = makePdf(['q 600 0 0 600 6 100 cm /Im1 Do Q'], {
      more: [picture],
      resources: '/XObject << /Im1 3 0 R >>',
    });
    // It was given a PNG.
    expect(await tools.found('PDF', 'application/pdf', bytes)).toMatchObject({ text: 'PNG' });
  });

  test('ffprobe says a film’s size and length, ffmpeg draws it; neither may open anything else', async () => {
    const drawn = (await drawing(640, 360).png().toBuffer()).toString('base64');
    const probe = {
      streams: [{ width: 1920, height: 1080, side_data_list: [{ rotation: -90 }] }],
      format: { duration: '5.5' },
    };
    const isKept = (demuxer: string) =>
      `case "$*" in *"-protocol_whitelist file -f ${demuxer} "*) ;; *) exit 1 ;; esac`;
    const tools = await install({
      ffprobe: `${isKept('matroska')}; echo '${JSON.stringify(probe)}'`,
      ffmpeg: `${isKept('matroska')}; echo '${drawn}' | base64 -d`,
    });
    const { thumbnail, ...rest } = await tools.found('VIDEO', 'video/webm', sample('webm'));
    expect(rest).toMatchObject({ width: 1080, height: 1920, durationSeconds: 5.5 });
    expect(await sharp(thumbnail ?? undefined).metadata()).toMatchObject({
      format: 'webp',
      width: 512,
      height: 288,
    });
  });

  test('a program that fails, hangs or says too much leaves what else is known', async () => {
    const tools = await install({ tesseract: 'exit 1', ffprobe: 'yes', ffmpeg: 'exit 1' });
    expect(await tools.found('IMAGE', 'image/png', sample('png'))).toMatchObject({ text: null, width: 1 });
    const bytes = makeMp4({ seconds: 2, width: 64, height: 36, turn: 0 });
    expect(await tools.found('VIDEO', 'video/mp4', bytes)).toMatchObject({
      durationSeconds: 2,
      width: 64,
      thumbnail: null,
    });
  });

  test('a program that hangs is ended with its child, and what was found before is kept', async () => {
    const tools = await install({ tesseract: 'exec sleep 1000' }, 20);
    const { missing, thumbnail, width } = await tools.found('IMAGE', 'image/png', sample('png'));
    expect([missing, thumbnail === null, width]).toEqual([
      'Not everything was found: it took too long.',
      false,
      1,
    ]);
  });
});

test('what is too large is not read', async () => {
  const small = openExtractor({ maxSizeBytes: 2 ** 20 });
  expect(await small.extract('TEXT', 'text/plain', Buffer.alloc(2 ** 20 + 1, 'a'))).toEqual({
    status: 'FAILED',
    reason: 'Files of more than 1 MiB are not looked into.',
  });
});

test('a stream that breaks off says nothing about the file', async () => {
  const { extractor } = openExtractor();
  const { Readable } = await import('node:stream');
  const bytes = new Readable({
    read() {
      this.destroy(new Error('storage is away'));
    },
  });
  const subject = { kind: 'TEXT', mimeType: 'text/plain', sizeBytes: 3 } as const;
  await expect(extractor.extract(bytes, subject, new AbortController().signal)).rejects.toThrow(
    'storage is away',
  );
});

test.each<[string, ProcessingKind, string, Buffer, string]>([
  [
    'a picture',
    'IMAGE',
    'image/png',
    sample('png').subarray(0, 20),
    'The picture is damaged and could not be read.',
  ],
  [
    'a PDF',
    'PDF',
    'application/pdf',
    Buffer.from('%PDF-1.7\nnothing'),
    'The PDF is damaged and could not be read.',
  ],
  [
    'a Word document',
    'WORD',
    'x/y',
    Buffer.from('PK\x03\x04 nothing'),
    'The document is damaged and could not be opened.',
  ],
  [
    'a Word document with a password',
    'WORD',
    'x/y',
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2048)]),
    'The document is protected by a password.',
  ],
  [
    'an OpenDocument with a password',
    'WORD',
    'x/y',
    makeOpenDocument('', '<file-entry><encryption-data/></file-entry>'),
    'The document is protected by a password.',
  ],
  ['another ZIP', 'WORD', 'x/y', sample('zip'), 'The document has no text part.'],
  [
    'a recording',
    'AUDIO',
    'audio/wav',
    Buffer.from('nothing at all, but enough bytes to be read'),
    'The recording is damaged and could not be read.',
  ],
  [
    'a film',
    'VIDEO',
    'video/mp4',
    sample('mp4').subarray(0, 12),
    'The film is damaged and could not be read.',
  ],
])(
  'of %s that is not to be read, the reason is told in plain words',
  async (_, kind, mimeType, bytes, reason) => {
    expect(await extract(kind, mimeType, bytes)).toEqual({ status: 'FAILED', reason });
  },
);
