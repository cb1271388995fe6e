import { Readable } from 'node:stream';
import { createPortalClient } from '../src/client/index.js';
import { fileFromStream } from '../src/client/node.js';
import { request, seedHeart, type AssetFields } from '../tests/support/heart.js';
import { until } from '../tests/support/until.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { startService } from './support/service.js';

const mebibyte = 2 ** 20;
const sampleEveryMs = 100;

/** What a file of a gigabyte takes, in parts, and that the server never holds it. */
export async function measureBig({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const sizeBytes = (quick ? 128 : 1024) * mebibyte;
  const service = await startService({
    scope,
    dataDir: await makeTempDir(scope),
    env: { PROMPT_MAX_SIZE_BYTES: String(sizeBytes), PROMPT_TIMEOUT_SECONDS: '3600' },
  });
  const { alice, agent } = await seedHeart(service);
  const portal = createPortalClient({ url: service.url, token: alice.credential });
  const { rssBytes: before } = await service.stateAfterGc();

  let largest = before;
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      largest = Math.max(largest, (await service.state()).rssBytes);
      await new Promise((resolve) => setTimeout(resolve, sampleEveryMs));
    }
  })();

  const openRange = (start: number, end: number) => Readable.from(generate(start, end));
  const file = fileFromStream(() => openRange(0, sizeBytes), { filename: 'plan.pdf', sizeBytes, openRange });
  const { id } = await request(agent);
  const startedAt = performance.now();
  let sentAt = startedAt;
  const asset = await portal.answer(id, file, { onProgress: () => (sentAt = performance.now()) });
  const completedAt = performance.now();
  const query = 'query($id: ID!) { asset(id: $id) { scanStatus } }';
  const status = async () => (await agent.get<{ asset: AssetFields }>(query, asset)).asset.scanStatus;
  await until(async () => (await status()) !== 'PENDING', 600_000);
  if ((await status()) !== 'CLEAN') throw new Error('The scan has blocked it.');
  const scannedAt = performance.now();
  isOver = true;
  await sampling;

  const size = `${sizeBytes / mebibyte} MiB`;
  return [
    {
      name: `${size} in parts: sent`,
      unit: 's',
      values: [(sentAt - startedAt) / 1000],
      how: 'four parts at once',
    },
    {
      name: `${size} in parts: completed`,
      unit: 's',
      values: [(completedAt - sentAt) / 1000],
      how: 'parts joined, copied and verified, by the embedded store',
    },
    {
      name: `${size} in parts: scanned`,
      unit: 's',
      values: [(scannedAt - completedAt) / 1000],
      how: 'read once more, for its hash and the built-in scanner',
    },
    { name: 'memory before', unit: 'MB', values: [before / 1e6], how: 'RSS after a garbage collection' },
    {
      name: 'largest memory until scanned',
      unit: 'MB',
      values: [largest / 1e6],
      how: `RSS of the process that is service, store and scanner, looked at every ${sampleEveryMs} ms`,
    },
  ];
}

/** The bytes of a made-up PDF, some at a time. */
function* generate(start: number, end: number): Generator<Buffer> {
  const header = Buffer.from('%PDF-1.7\n');
  for (let at = start; at < end; at += mebibyte / 4) {
    const chunk = Buffer.alloc(Math.min(mebibyte / 4, end - at), at / mebibyte);
    if (at === 0) header.copy(chunk);
    yield chunk;
  }
}
