import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { defaultArchiveLimits } from '../../src/domains/scanning/archive-limits.js';
import { makeScan } from '../../src/domains/scanning/scan-bytes.js';
import type { Scanner } from '../../src/domains/scanning/scanner.js';
import { makeBuiltinScanner } from '../../src/infra/builtin-scanner/scanner.js';
import { makeClamdScanner } from '../../src/infra/clamd/scanner.js';
import { sample } from '../support/samples.js';
import { makeTar } from '../support/tar.js';
import { eicar, marker } from '../support/test-files.js';
import { makeDocx, makeZip } from '../support/zip.js';

/** A clamd that knows EICAR, our marker and the program of clamav-testfiles. */
const clamdPort = process.env['TEST_CLAMD_PORT'];
const scanners: [string, () => Scanner][] = [['builtin', makeBuiltinScanner]];
if (clamdPort !== undefined) scanners.push(['clamd', () => makeRealClamd(Number(clamdPort))]);

function makeRealClamd(port: number): Scanner {
  return makeClamdScanner({
    host: '127.0.0.1',
    port,
    socket: null,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 60_000,
    totalTimeoutMs: 110_000,
    concurrency: 4,
  });
}

let tmpDir: string;
beforeAll(async () => (tmpDir = await mkdtemp(join(tmpdir(), 'askfile-test-'))));
afterAll(() => rm(tmpDir, { recursive: true }));

describe.each(scanners)('scanned by %s', (_name, makeScanner) => {
  const scanner = makeScanner();
  async function scan(bytes: Buffer, mimeType = 'application/octet-stream') {
    const scanBytes = makeScan({ scanner, archiveLimits: defaultArchiveLimits, tmpDir });
    const subject = { sizeBytes: bytes.length, mimeType };
    const source = Readable.from([bytes], { objectMode: false });
    return (await scanBytes(source, subject, new AbortController().signal)).verdict;
  }
  const blocked = { status: 'BLOCKED' };

  test('it answers the ping', () => scanner.ping());

  test.each(['png', 'jpg', 'pdf', 'txt', 'docx', 'xlsx', 'odt', 'zip', 'tar', 'gz', 'mp4', 'mp3'])(
    'an honest .%s is clean',
    async (extension) => expect(await scan(sample(extension))).toEqual({ status: 'CLEAN' }),
  );

  test.each([
    ['by itself', eicar],
    ['in a ZIP', makeZip([{ name: 'eicar.com', content: eicar }])],
    ['stored in a ZIP', makeZip([{ name: 'eicar.com', content: eicar, method: 0 }])],
    ['in a Word document', makeDocx([{ name: 'word/embeddings/a.bin', content: eicar }])],
    ['in a gzip', gzipSync(eicar)],
    ['in a tar', makeTar([{ name: 'eicar.com', content: eicar }])],
    ['in a tar.gz', gzipSync(makeTar([{ name: 'eicar.com', content: eicar }]))],
    ['in a ZIP in a ZIP', makeZip([{ name: 'a.zip', content: makeZip([{ name: 'a', content: eicar }]) }])],
  ])('the EICAR test file is blocked %s', async (_where, bytes) => {
    expect(await scan(bytes)).toMatchObject(blocked);
  });

  test.each([
    ['by itself', marker],
    ['behind much else', Buffer.concat([Buffer.alloc(5_000_000, 'x'), marker])],
    ['in a ZIP, behind more than scanners unpack', makeLargeZip()],
    ['in such a ZIP in a tar', makeTar([{ name: 'a.zip', content: makeLargeZip() }])],
  ])('the marker is blocked %s', async (_where, bytes) => {
    expect(await scan(bytes)).toMatchObject(blocked);
  });

  test('many at once get each its own verdict', async () => {
    const files = Array.from({ length: 24 }, (_, index) => (index % 3 === 0 ? marker : sample('txt')));
    const verdicts = await Promise.all(files.map((file) => scan(file)));
    expect(verdicts.map(({ status }) => status)).toEqual(
      files.map((file) => (file === marker ? 'BLOCKED' : 'CLEAN')),
    );
  });
});

const testFilesDir = '/usr/share/clamav-testfiles';
if (clamdPort !== undefined && existsSync(testFilesDir)) {
  test.each(readdirSync(testFilesDir))('clamd blocks %s of clamav-testfiles', async (name) => {
    const bytes = readFileSync(join(testFilesDir, name));
    const scanBytes = makeScan({
      scanner: makeRealClamd(Number(clamdPort)),
      archiveLimits: defaultArchiveLimits,
      tmpDir,
    });
    const subject = { sizeBytes: bytes.length, mimeType: 'application/octet-stream' };
    const { verdict } = await scanBytes(Readable.from([bytes]), subject, new AbortController().signal);
    expect(verdict).toMatchObject({ status: 'BLOCKED' });
  });
}

/** Small itself; its member is larger than clamd's `MaxFileSize`, where clamd stops and says OK. */
function makeLargeZip(): Buffer {
  return makeZip([{ name: 'large.bin', content: Buffer.concat([Buffer.alloc(120_000_000), marker]) }]);
}
