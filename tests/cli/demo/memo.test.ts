import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMemoFile } from '../../../src/cli/demo/memo.js';

const url = 'http://localhost:4000';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfile-demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what one run leaves, the next finds, and only its owner can read', async () => {
  const dataDir = join(folder, 'made');
  await makeMemoFile(dataDir).write({ url, appKey: 'ak_1', promptId: 'p1' });
  expect(await makeMemoFile(dataDir).read(url)).toEqual({ url, appKey: 'ak_1', promptId: 'p1' });
  expect((await stat(join(dataDir, 'demo.json'))).mode & 0o077).toBe(0);
});

test('nothing is found where there is nothing, something else, or what belongs to another service', async () => {
  const file = makeMemoFile(folder);
  expect(await file.read(url)).toEqual({ url });
  await writeFile(join(folder, 'demo.json'), 'not JSON');
  expect(await file.read(url)).toEqual({ url });
  await file.write({ url: 'https://askfile.example.com', appKey: 'ak_1' });
  expect(await file.read(url)).toEqual({ url });
});
