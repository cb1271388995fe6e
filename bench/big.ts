import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createPortalClient } from '../src/client/index.js';
import { fileFromStream } from '../src/client/node.js';
import { newDownloadUrl, request, scanned, seedHeart } from '../tests/support/heart.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import type { ServerProcess } from './support/server-process.js';
import { startService } from './support/service.js';

const mebibyte = 2 ** 20;
const sampleEveryMs = 100;
const scannedWithinMs = 600_000;

/** What a file of two gigabytes takes on its way up, in parts, and down, and that the server never holds it. */
export async function measureBig({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const sizeBytes = (quick ? 128 : 2048) * mebibyte;
  const service = await startService({
    scope,
    dataDir: await makeTempDir(scope),
    env: { PROMPT_MAX_SIZE_BYTES: String(sizeBytes), PROMPT_TIMEOUT_SECONDS: '3600' },
  });
  const { alice, agent } = await seedHeart(service);
  const portal = createPortalClient({ url: service.url, token: alice.credential });
  const { rssBytes: before } = await service.stateAfterGc();

  const openRange = (start: number, end: number) => Readable.from(generate(start, end));
  const file = fileFromStream(() => openRange(0, sizeBytes), { filename: 'plan.pdf', sizeBytes, openRange });
  const { id } = await request(agent);
  const up = await withLargestRss(service, async () => {
    const startedAt = performance.now();
    let sentAt = startedAt;
    const asset = await portal.answer(id, file, { onProgress: () => (sentAt = performance.now()) });
    const completedAt = performance.now();
    const { scanStatus, sha256 } = await scanned(agent, asset, scannedWithinMs);
    if (scanStatus !== 'CLEAN') throw new Error('The scan has blocked it.');
    const scannedAt = performance.now();
    return {
      asset,
      sha256,
      sent: sentAt - startedAt,
      completed: completedAt - sentAt,
      scanned: scannedAt - completedAt,
    };
  });
  const down = await withLargestRss(service, async () => {
    const startedAt = performance.now();
    const sha256 = await hashDownload(await newDownloadUrl(agent, up.result.asset));
    if (sha256 !== up.result.sha256) throw new Error('Other bytes came back.');
    return performance.now() - startedAt;
  });

  const size = `${sizeBytes / mebibyte} MiB`;
  const took = (name: string, ms: number, how: string): Measurement => ({
    name: `${size}: ${name}`,
    unit: 's',
    values: [ms / 1000],
    how,
  });
  const held = (name: string, bytes: number, how: string): Measurement => ({
    name,
    unit: 'MB',
    values: [bytes / 1e6],
    how,
  });
  const sampled = `RSS of the process that is service, store and scanner, looked at every ${sampleEveryMs} ms`;
  return [
    took('sent', up.result.sent, 'in parts, four at once'),
    took('completed', up.result.completed, 'parts joined, copied and verified, by the embedded store'),
    took('scanned', up.result.scanned, 'read once more, for its hash and the built-in scanner'),
    took('downloaded', down.result, 'by one link, with the hash of what came compared'),
    held('memory before', before, 'RSS after a garbage collection'),
    held('largest memory until scanned', up.largestRssBytes, sampled),
    held('largest memory in the download', down.largestRssBytes, sampled),
  ];
}

/** What `work` gives, and the most memory that the server was seen to have meanwhile. */
async function withLargestRss<T>(
  service: ServerProcess,
  work: () => Promise<T>,
): Promise<{ result: T; largestRssBytes: number }> {
  let largestRssBytes = 0;
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      largestRssBytes = Math.max(largestRssBytes, (await service.state()).rssBytes);
      await delay(sampleEveryMs);
    }
  })();
  const result = await work().finally(() => (isOver = true));
  await sampling;
  return { result, largestRssBytes };
}

async function hashDownload(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`The download answered ${response.status}.`);
  const digest = createHash('sha256');
  for await (const chunk of response.body) digest.update(chunk as Uint8Array); // Of bytes; only its type does not say so.
  return digest.digest('hex');
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
