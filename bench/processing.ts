import sharp from 'sharp';
import type { Api } from '../tests/support/api.js';
import { makeEndlessPdf, makeInflatingWord } from '../tests/support/bombs.js';
import { answer, request, seedHeart } from '../tests/support/heart.js';
import { upload } from '../tests/support/processing.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { startService } from './support/service.js';

/** Of a list of twenty. */
const query = 'query { agentAssets(first: 20) { nodes { id filename mimeType sizeBytes scanStatus } } }';
/** What each bomb gets before it is ended: they are to go on for as long as is measured. */
const timeoutSeconds = 20;

/** How long a list and an answer take while the same machine looks into bombs, against when it has nothing to do. */
export async function measureProcessing({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [lists, answers, copies] = quick ? [50, 10, 2] : [500, 100, 8];
  const service = await startService({
    scope,
    dataDir: await makeTempDir(scope),
    env: { PROCESSING_TIMEOUT_SECONDS: String(timeoutSeconds) },
  });
  const people = await seedHeart(service);
  const { alice, agent } = people;
  for (let row = 0; row < 20; row += 1) await answer(alice, (await request(agent)).id);

  const countPending = async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const counts = metrics.matchAll(/^askfile_processing_pending\{.*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  async function measure(when: string): Promise<Measurement[]> {
    const listed = await timeEach(lists, () => alice.get(query));
    const answered = await timeEach(answers, async () => answer(alice, (await request(agent)).id));
    return [
      { name: `agentAssets, ${when}`, unit: 'ms', values: listed, how: 'HTTP, one after another' },
      {
        name: `an answer, ${when}`,
        unit: 'ms',
        values: answered,
        how: 'requestUpload, begin, PUT, complete, one after another',
      },
    ];
  }

  await measure('warm-up');
  while ((await countPending()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const idle = await measure('idle');
  await uploadBombs(people, copies);
  const busy = await measure('busy');
  const left = await countPending();
  if (left === 0) throw new Error('The bombs were over before the measurement was.');
  return [...idle, ...busy];
}

async function uploadBombs(people: { agent: Api; alice: Api }, copies: number): Promise<void> {
  const background = { width: 9_999, height: 9_999, channels: 3, background: 'teal' } as const;
  const picture = await sharp({ create: background }).png({ compressionLevel: 9 }).toBuffer();
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  const bombs: readonly [name: string, mimeType: string, bytes: Buffer][] = [
    ['endless.pdf', 'application/pdf', makeEndlessPdf()],
    ['inflating.docx', word, makeInflatingWord()],
    ['large.png', 'image/png', picture],
  ];
  for (let copy = 0; copy < copies; copy += 1) {
    for (const [name, mimeType, bytes] of bombs) await upload(people, name, mimeType, bytes);
  }
}

async function timeEach(count: number, act: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const startedAt = performance.now();
    await act();
    took.push(performance.now() - startedAt);
  }
  return took;
}
