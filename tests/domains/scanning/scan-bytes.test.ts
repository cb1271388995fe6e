import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { defaultArchiveLimits, type ArchiveLimits } from '../../../src/domains/scanning/archive-limits.js';
import { makeScan, WrongSizeError } from '../../../src/domains/scanning/scan-bytes.js';
import {
  ScannerUnavailableError,
  type Scanner,
  type ScanVerdict,
} from '../../../src/domains/scanning/scanner.js';
import { makeTar } from '../../support/tar.js';
import { eicar, marker } from '../../support/test-files.js';
import { makeDocx, makeZip, type ZipMember } from '../../support/zip.js';
import { makeZipQuine } from '../../support/zip-quine.js';

const never = new AbortController().signal;
const clean = { status: 'CLEAN' };
const dishonest = { status: 'BLOCKED', reason: 'damaged or dishonest archive' };

let tmpDir: string;
beforeAll(async () => (tmpDir = await mkdtemp(join(tmpdir(), 'askfile-test-'))));
afterEach(async () => expect(await readdir(tmpDir)).toEqual([]));
afterAll(() => rm(tmpDir, { recursive: true }));

/** Takes everything and finds nothing, unless told. */
function makeScanner(verdict: ScanVerdict = { status: 'CLEAN' }): Scanner {
  return {
    async scan(bytes) {
      for await (const chunk of bytes) void chunk;
      return verdict;
    },
    ping: () => Promise.resolve(),
  };
}

interface Options {
  limits?: Partial<ArchiveLimits>;
  scanner?: Scanner;
  /** Of a stream; bytes have their own. */
  sizeBytes?: number;
  signal?: AbortSignal;
  dir?: string;
}

async function scan(bytes: Buffer | Readable, options: Options = {}) {
  const { limits = {}, scanner = makeScanner(), sizeBytes = 0, signal = never, dir = tmpDir } = options;
  const scanBytes = makeScan({ scanner, archiveLimits: { ...defaultArchiveLimits, ...limits }, tmpDir: dir });
  const source = Buffer.isBuffer(bytes) ? Readable.from(pieces(bytes), { objectMode: false }) : bytes;
  const subject = {
    sizeBytes: Buffer.isBuffer(bytes) ? bytes.length : sizeBytes,
    mimeType: 'application/octet-stream',
  };
  return scanBytes(source, subject, signal).finally(() => expect(source.destroyed).toBe(true));
}

function* pieces(bytes: Buffer, size = 60_000) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function verdictOf(bytes: Buffer, limits: Partial<ArchiveLimits> = {}) {
  return (await scan(bytes, { limits })).verdict;
}

const text = (content = 'hello'): ZipMember => ({ name: 'a.txt', content: Buffer.from(content) });
const inZip = (content: Buffer, name = 'inner.zip'): Buffer => makeZip([{ name, content }]);
const blocked = (reason: string) => ({ status: 'BLOCKED', reason });

describe('the bytes', () => {
  test('are hashed, counted, and given to the scanner unchanged, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 8 }), async (chunks) => {
        const whole = Buffer.concat(chunks);
        const seen: Buffer[] = [];
        const scanner = makeScanner();
        const recording: Scanner = {
          ...scanner,
          async scan(bytes) {
            for await (const chunk of bytes) seen.push(chunk as Buffer);
            return { status: 'CLEAN' };
          },
        };
        const result = await scan(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), {
          scanner: recording,
          sizeBytes: whole.length,
        });
        expect(result.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
        expect(result.sizeBytes).toBe(whole.length);
        expect(Buffer.concat(seen).equals(whole)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test.each([-1, 1])('that are off by %i from their size are an error, not a verdict', async (off) => {
    const bytes = Buffer.alloc(1000);
    await expect(scan(Readable.from([bytes]), { sizeBytes: bytes.length + off })).rejects.toThrow(
      WrongSizeError,
    );
  });

  test('that break off are reported as their own error, also when it comes before anybody reads', async () => {
    const fault = new Error('storage broke off');
    async function* broken() {
      yield await Promise.resolve(Buffer.alloc(100_000));
      throw fault;
    }
    await expect(scan(Readable.from(broken()), { sizeBytes: 200_000 })).rejects.toBe(fault);

    const slow: Scanner = {
      async scan(bytes, ...rest) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return makeScanner().scan(bytes, ...rest);
      },
      ping: () => Promise.resolve(),
    };
    const source = new Readable({ read: () => undefined });
    setImmediate(() => source.destroy(fault));
    await expect(scan(source, { scanner: slow, sizeBytes: 1 })).rejects.toBe(fault);
  });

  test('end with the signal and its reason', async () => {
    const reason = new Error('shutting down');
    await expect(scan(Buffer.from('x'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    setImmediate(() => controller.abort(reason));
    const endless = new Readable({ read: () => undefined });
    await expect(scan(endless, { sizeBytes: 1, signal: controller.signal })).rejects.toBe(reason);
  });

  test('of an archive end with the signal too, while it is looked into', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const scanner: Scanner = {
      async scan(...args) {
        const verdict = await makeScanner().scan(...args);
        controller.abort(reason);
        return verdict;
      },
      ping: () => Promise.resolve(),
    };
    await expect(scan(makeZip([text()]), { scanner, signal: controller.signal })).rejects.toBe(reason);
  });
});

describe('the scanner', () => {
  test('blocks what is clean by its looks', async () => {
    const scanner = makeScanner({ status: 'BLOCKED', reason: 'Some.Virus' });
    expect((await scan(makeZip([text()]), { scanner })).verdict).toEqual(blocked('Some.Virus'));
  });

  test('is not believed when it answers before it had all bytes', async () => {
    const hasty: Scanner = { ...makeScanner(), scan: () => Promise.resolve({ status: 'CLEAN' }) };
    await expect(scan(Buffer.from('hello'), { scanner: hasty })).rejects.toThrow(ScannerUnavailableError);
  });

  test('that is down leaves nothing behind, though an archive was being spooled', async () => {
    const failing: Scanner = {
      async scan(bytes) {
        for await (const chunk of bytes) {
          void chunk;
          throw new ScannerUnavailableError('down');
        }
        throw new Error('not reached');
      },
      ping: () => Promise.resolve(),
    };
    const bytes = makeZip([{ ...text(), content: Buffer.alloc(500_000, 'x'), method: 0 }]);
    await expect(scan(bytes, { scanner: failing })).rejects.toThrow('down');
  });

  test('makes the folder that archives are spooled to', async () => {
    const dir = join(tmpDir, 'made', 'anew');
    expect(await scan(makeZip([text()]), { dir })).toMatchObject({ verdict: { status: 'CLEAN' } });
    expect(await readdir(dir)).toEqual([]);
    await rm(join(tmpDir, 'made'), { recursive: true });
  });

  test('gets no verdict from us when there is no room to look into an archive', async () => {
    await expect(scan(makeZip([text()]), { dir: '/dev/null/none' })).rejects.toThrow('ENOTDIR');
  });
});

describe('an honest archive is clean', () => {
  test.each([
    ['an empty ZIP', makeZip([])],
    ['a ZIP of one file', makeZip([text()])],
    ['a stored member', makeZip([{ ...text(), method: 0 }])],
    ['an empty member', makeZip([{ name: 'empty', content: Buffer.alloc(0) }])],
    ['a folder', makeZip([{ name: 'folder/', content: Buffer.alloc(0), method: 0 }])],
    ['members written by a stream', makeZip([{ ...text(), descriptor: true }, text()])],
    ['a comment', makeZip([text()], { comment: Buffer.from('made by hand') })],
    ['a Word document', makeDocx()],
    ['a Word document with another within', makeDocx([{ name: 'word/embedded.docx', content: makeDocx() }])],
    ['a gzip', gzipSync('hello')],
    ['a gzip of two parts', Buffer.concat([gzipSync('hello'), gzipSync('world')])],
    ['an empty gzip', gzipSync('')],
    ['a tar', makeTar([{ name: 'a.txt', content: Buffer.from('hello') }])],
    ['a tar.gz', gzipSync(makeTar([{ name: 'a.zip', content: makeZip([text()]) }]))],
    ['a tar of links and folders', makeTar([{ name: 'f/', content: Buffer.alloc(0), type: '5' }])],
    [
      'a tar with a long name',
      makeTar([
        { name: '././@LongLink', content: Buffer.from('x'.repeat(300)), type: 'L' },
        { name: 'x', content: Buffer.from('hello') },
      ]),
    ],
    [
      'a pax tar',
      makeTar([
        { name: 'pax', content: Buffer.from('10 size=5\n'), type: 'x' },
        { name: 'x', content: Buffer.from('hello') },
      ]),
    ],
  ])('%s', async (_name, bytes) => {
    expect(await verdictOf(bytes)).toEqual(clean);
  });
});

describe('a ZIP that hides something is blocked', () => {
  const [a, b] = [text('first'), { ...text('second'), name: 'b.txt' }];
  const flat = makeZip([a]);
  test.each([
    ['encrypted in both headers', makeZip([{ ...a, local: { flags: 1 }, central: { flags: 1 } }])],
    ['encrypted in the local header', makeZip([{ ...a, local: { flags: 1 } }])],
    ['encrypted in the directory', makeZip([{ ...a, central: { flags: 1 } }])],
    ['masked headers', makeZip([{ ...a, local: { flags: 0x2000 }, central: { flags: 0x2000 } }])],
  ])('%s', async (_name, bytes) => {
    expect(await verdictOf(bytes)).toEqual(blocked('encrypted archive'));
  });

  test.each([
    ['another name', makeZip([{ ...a, local: { name: 'b.txt' } }])],
    ['another method', makeZip([{ ...a, local: { method: 0 } }])],
    ['another size', makeZip([{ ...a, local: { sizeBytes: 1 } }])],
    ['another compressed size', makeZip([{ ...a, local: { compressedBytes: 1 } }])],
    ['another CRC', makeZip([{ ...a, local: { crc: 1 } }])],
    ['a wrong CRC in both headers', makeZip([{ ...a, local: { crc: 1 }, central: { crc: 1 } }])],
    ['a size that is too small', makeZip([{ ...a, local: { sizeBytes: 1 }, central: { sizeBytes: 1 } }])],
    ['a size that is too large', makeZip([{ ...a, local: { sizeBytes: 99 }, central: { sizeBytes: 99 } }])],
    ['a stored size that differs', makeZip([{ ...a, method: 0, central: { sizeBytes: 99 } }])],
    ['broken deflate', makeZip([{ ...a, data: Buffer.from('not deflated at all') }])],
    ['an offset to nowhere', makeZip([{ ...a, central: { offset: 9_999_999 } }])],
    ['an offset to no header', makeZip([{ ...a, central: { offset: 4 } }])],
    ['two entries for one member', makeZip([a, { ...a, central: { offset: 0 } }])],
    ['a member that no entry names', makeZip([a, b], { entryCount: 1 })],
    ['a member before the first', makeZip([a], { prefix: makeZip([b]) })],
    ['bytes between members', makeZip([a, { ...b, gap: Buffer.from('hidden') }])],
    ['bytes before the directory', makeZip([a], { beforeDirectory: Buffer.from('hidden') })],
    ['bytes at the end', makeZip([a], { trailing: Buffer.from('hidden') })],
    ['more entries than there are', makeZip([a], { entryCount: 7 })],
    ['another ZIP at its end', Buffer.concat([flat, makeZip([b])])],
    ['nothing but its first bytes', Buffer.from('PK\x03\x04')],
  ])('%s', async (_name, bytes) => {
    expect(await verdictOf(bytes)).toEqual(dishonest);
  });

  test('compressed in a way that cannot be looked into', async () => {
    const bytes = makeZip([{ ...a, method: 12 }]);
    expect(await verdictOf(bytes)).toEqual(
      blocked('archive member compressed in a way that cannot be looked into'),
    );
  });

  test('cut anywhere', async () => {
    const bytes = makeDocx();
    for (let length = 4; length < bytes.length; length += 1) {
      expect(await verdictOf(bytes.subarray(0, length))).toEqual(dishonest);
    }
  });

  test('with any of its bytes changed, it is clean or blocked, and never an error', async () => {
    const bytes = makeDocx();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ mask;
        expect(['CLEAN', 'BLOCKED']).toContain((await verdictOf(changed)).status);
      }),
      { numRuns: 300 },
    );
  });
});

describe('other archives that hide something are blocked', () => {
  const gzip = gzipSync('hello');
  const tar = makeTar([{ name: 'a', content: Buffer.from('hello') }]);
  test.each([
    ['a gzip that is cut', gzip.subarray(0, -1)],
    ['a gzip of a wrong CRC', Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)])],
    ['a gzip of broken deflate', Buffer.concat([gzip.subarray(0, 10), Buffer.alloc(20, 0xff)])],
    ['a tar that is cut in a member', tar.subarray(0, 514)],
    ['a tar that is cut in a header', Buffer.concat([tar.subarray(0, 1024), tar.subarray(0, 300)])],
    ['a tar of a wrong checksum', makeTar([{ name: 'a', content: Buffer.alloc(0), checksum: '000000\0 ' }])],
    ['a tar of no size', makeTar([{ name: 'a', content: Buffer.alloc(0), size: 'zzzzzzzzzzz\0' }])],
    ['a sparse tar', makeTar([{ name: 'a', content: Buffer.from('x'), type: 'S' }])],
    ['a link with bytes', makeTar([{ name: 'a', content: Buffer.from('x'), type: '2' }])],
    ['a size for all that follow', makeTar([{ name: 'a', content: Buffer.from('10 size=5\n'), type: 'g' }])],
    ['pax records that overrun', makeTar([{ name: 'a', content: Buffer.from('99 size=5\n'), type: 'x' }])],
    ['a tar with bytes behind its end', Buffer.concat([tar, Buffer.from('hidden')])],
  ])('%s', async (_name, bytes) => {
    expect(await verdictOf(bytes)).toEqual(dishonest);
  });

  test.each([
    ['RAR', 'Rar!\x1a\x07\x00'],
    ['7-Zip', '7z\xbc\xaf\x27\x1c'],
    ['bzip2', 'BZh91AY&SY'],
    ['XZ', '\xfd7zXZ\0'],
    ['Zstandard', '\x28\xb5\x2f\xfd'],
    ['LHA', '  -lh5-'],
    ['cabinet', 'MSCF\0\0\0\0'],
  ])('%s, which nothing here can unpack, at the top or within', async (name, head) => {
    const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(600)]);
    const refusal = blocked(`${name} archive, which cannot be looked into; ZIP and gzip can`);
    expect(await verdictOf(bytes)).toEqual(refusal);
    expect(await verdictOf(inZip(bytes))).toEqual(refusal);
    expect(await verdictOf(gzipSync(bytes))).toEqual(refusal);
  });

  test('whatever is wrong within, at any depth', async () => {
    const encrypted = makeZip([{ ...text(), local: { flags: 1 }, central: { flags: 1 } }]);
    for (const bytes of [
      inZip(encrypted),
      gzipSync(encrypted),
      makeTar([{ name: 'a.zip', content: encrypted }]),
      gzipSync(makeTar([{ name: 'a.docx', content: inZip(encrypted) }])),
      makeDocx([{ name: 'word/a.docx', content: encrypted }]),
    ]) {
      expect(await verdictOf(bytes)).toEqual(blocked('encrypted archive'));
    }
  });

  test('a test signature within', async () => {
    for (const bytes of [
      inZip(eicar, 'a'),
      gzipSync(eicar),
      makeDocx([{ name: 'x', content: inZip(eicar) }]),
    ]) {
      expect(await verdictOf(bytes)).toEqual(blocked('Eicar-Test-Signature'));
    }
    expect(await verdictOf(inZip(Buffer.concat([Buffer.alloc(70_000), marker]), 'a'))).toEqual(
      blocked('Service-Test-Marker'),
    );
  });
});

describe('beyond the limits an archive is blocked', () => {
  const tooLarge = blocked('archive member too large to be scanned');
  const zeros = (sizeBytes: number): ZipMember => ({ name: 'zeros', content: Buffer.alloc(sizeBytes) });

  test('one member, at the byte', async () => {
    for (const [make, overhead] of [
      [(content: Buffer) => inZip(content, 'a'), 0],
      [(content: Buffer) => gzipSync(content), 0],
      [(content: Buffer) => gzipSync(makeTar([{ name: 'a', content }])), 2048],
    ] as const) {
      const limits = { maxMemberBytes: 10_240 };
      expect(await verdictOf(make(Buffer.alloc(10_240 - overhead)), limits)).toEqual(clean);
      expect(await verdictOf(make(Buffer.alloc(10_241)), limits)).toEqual(tooLarge);
    }
  });

  test('one that claims to be small and is not', async () => {
    const lie = { ...zeros(100_000), local: { sizeBytes: 9 }, central: { sizeBytes: 9 } };
    expect(await verdictOf(makeZip([lie]), { maxMemberBytes: 20_000 })).toEqual(dishonest);
  });

  test('one that claims to be huge is not even inflated', async () => {
    const claim = { sizeBytes: 0xfffffff0 };
    expect(await verdictOf(makeZip([{ ...text(), local: claim, central: claim }]))).toEqual(tooLarge);
    const gnu = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(10, 0xff)]).toString('latin1');
    expect(await verdictOf(makeTar([{ name: 'a', content: Buffer.alloc(0), size: gnu }]))).toEqual(tooLarge);
  });

  test('all members together, in all depths', async () => {
    const limits = { maxTotalBytes: 10_000 };
    const four = [1, 2, 3, 4].map((name) => ({ ...zeros(2_500), name: String(name) }));
    expect(await verdictOf(makeZip(four), limits)).toEqual(clean);
    const reason = blocked('archive too large when unpacked');
    expect(await verdictOf(makeZip([...four, text('x')]), limits)).toEqual(reason);
    expect(await verdictOf(makeZip([{ name: 'z', content: makeZip(four) }]), limits)).toEqual(reason);
  });

  test('the number of members, in all depths', async () => {
    const many = (count: number) =>
      makeZip(Array.from({ length: count }, (_, index) => ({ ...text(), name: String(index) })));
    const limits = { maxMembers: 10 };
    const reason = blocked('archive with too many members');
    expect(await verdictOf(many(10), limits)).toEqual(clean);
    expect(await verdictOf(many(11), limits)).toEqual(reason);
    expect(await verdictOf(inZip(many(9)), limits)).toEqual(clean);
    expect(await verdictOf(inZip(many(10)), limits)).toEqual(reason);
    expect(
      await verdictOf(
        makeTar(
          Array.from({ length: 11 }, (_, index) => ({ name: String(index), content: Buffer.alloc(0) })),
        ),
        limits,
      ),
    ).toEqual(reason);
  });

  test('the depth, whichever formats make it', async () => {
    const limits = { maxDepth: 3 };
    const reason = blocked('archives nested too deep');
    const two = inZip(makeZip([text()]));
    expect(await verdictOf(inZip(two), limits)).toEqual(clean);
    expect(await verdictOf(inZip(inZip(two)), limits)).toEqual(reason);
    expect(await verdictOf(gzipSync(gzipSync(two)), limits)).toEqual(reason);
    expect(await verdictOf(gzipSync(makeTar([{ name: 'a', content: two }])), limits)).toEqual(reason);
  });

  test('the depth of what has none: a ZIP that holds nothing but itself', async () => {
    const bytes = makeZipQuine();
    // Between a local header of 60 bytes and a directory of 98.
    expect(inflateRawSync(bytes.subarray(60, -98))).toEqual(bytes);
    expect(await verdictOf(bytes)).toEqual(blocked('archives nested too deep'));
    expect(await verdictOf(makeDocx([{ name: 'word/a.docx', content: bytes }]))).toEqual(
      blocked('archives nested too deep'),
    );
  });

  test('the archive itself, which is then not spooled', async () => {
    const bytes = makeZip([{ ...zeros(30_000), method: 0 }]);
    const refused = blocked('archive too large to be scanned');
    const { verdict, sha256 } = await scan(bytes, {
      limits: { maxMemberBytes: 30_000 },
      dir: '/dev/null/none',
    });
    expect(verdict).toEqual(refused);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('a bomb of a thousandfold is given up at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000));
    expect(await verdictOf(bomb, { maxMemberBytes: 1_000_000 })).toEqual(tooLarge);
  });
});

test('what is no archive passes to the scanner alone, whatever its size', async () => {
  const bytes = Buffer.alloc(50_000, 'text ');
  expect(await verdictOf(bytes, { maxMemberBytes: 10 })).toEqual(clean);
});
