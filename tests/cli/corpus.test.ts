import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { FollowedAsset } from '../../src/cli/corpus/follow.js';
import { describeResult, isSound, toReport, type CorpusResult } from '../../src/cli/corpus/report.js';
import { runCorpus } from '../../src/cli/corpus/run.js';
import { AskfileError } from '../../src/client/index.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfile-corpus-test-'));
  for (const name of ['a.txt', 'one/b.pdf', 'one/two/three/c.png', 'one/two/d.txt', 'four/e.exe']) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const found = { text: 'Four', width: null, height: null, durationSeconds: 1.25, hasThumbnail: true };
const done: FollowedAsset = { outcome: 'DONE', mimeType: 'text/plain', reason: null, found };

async function run(fates: Readonly<Record<string, FollowedAsset | Error>> = {}): Promise<CorpusResult[]> {
  const results: CorpusResult[] = [];
  await runCorpus({
    folder,
    concurrency: 2,
    upload: (path) => {
      const fate = fates[relative(folder, path)];
      return fate instanceof Error ? Promise.reject(fate) : Promise.resolve(relative(folder, path));
    },
    follow: (id) => Promise.resolve((fates[id] as FollowedAsset | undefined) ?? done), // errors are not followed
    onResult: (result) => results.push(result),
  });
  return results;
}

test('every file beneath the folder is tried once, however deep it lies', async () => {
  const paths = (await run()).map(({ path }) => relative(folder, path));
  expect(paths.sort()).toEqual(['a.txt', 'four/e.exe', 'one/b.pdf', 'one/two/d.txt', 'one/two/three/c.png']);
});

test('a refusal is an outcome, a fault of the service is none to live with', async () => {
  const refused = await run({ 'four/e.exe': new AskfileError('UPLOAD_MISMATCH', 'It is no program.') });
  expect(refused.find(({ type }) => type === '.exe')).toMatchObject({
    outcome: 'REFUSED',
    reason: 'UPLOAD_MISMATCH: It is no program.',
  });
  expect(isSound(refused)).toBe(true);
  const failed = await run({
    'four/e.exe': new AskfileError('INTERNAL_SERVER_ERROR', 'Something went wrong.'),
  });
  expect(failed.find(({ type }) => type === '.exe')).toMatchObject({ outcome: 'ERROR' });
  expect(isSound(failed)).toBe(false);
  expect(isSound(await run({ 'a.txt': { outcome: 'STUCK', mimeType: '', reason: null } }))).toBe(false);
});

test('whatever else goes wrong ends the run', async () => {
  await expect(run({ 'a.txt': new TypeError('a bug') })).rejects.toThrow('a bug');
});

test('the report counts outcomes and findings by type, and reasons by how often they were given', async () => {
  const damaged: FollowedAsset = { outcome: 'FAILED', mimeType: 'application/pdf', reason: 'It is damaged.' };
  const report = toReport(await run({ 'one/b.pdf': damaged, 'four/e.exe': damaged }));
  const [head, ...lines] = report.split('\n').map((line) => line.split(/\s+/));
  const cellsOf = (type: string) => {
    const cells = lines.find(([name]) => name === type) ?? [];
    return Object.fromEntries((head ?? []).map((name, index) => [name, cells[index]]));
  };
  expect(cellsOf('text/plain')).toMatchObject({
    DONE: '3',
    FAILED: '.',
    text: '3',
    size: '.',
    thumbnail: '3',
  });
  expect(cellsOf('application/pdf')).toMatchObject({ DONE: '.', FAILED: '2', text: '.' });
  expect(report).toMatch(/^2 +FAILED It is damaged\.$/m);
});

test('a file’s own line says what was found', () => {
  const result = {
    path: 'a.txt',
    type: 'text/plain',
    outcome: 'DONE',
    reason: null,
    found,
    seconds: 2,
  } as const;
  expect(describeResult(result)).toBe('DONE       2.0 s  a.txt  4 characters, 1.3 s long, thumbnail');
});
