import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { awaitResult, pdf, request, scanned, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { findUpload, partsEnv, partSizeBytes } from '../support/parts.js';
import { makeRandom } from '../support/random.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { startScript } from '../support/spawn-service.js';
import { listKeys, rows } from '../support/state.js';
import { until } from '../support/until.js';

/** TEST_SEED repeats the moments of an earlier run. */
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
const random = makeRandom(seed);
/** For each upload the moments of its interruptions, as shares of its bytes: the first surely in the middle. */
const plans = [[0.7], ...Array.from({ length: 3 }, () => Array.from({ length: randomUpTo(3) }, anyMoment))];

/** Long enough for files as large as these on a machine that is busy. */
const deadlineMs = 60_000;

const child = new URL('../support/answering-child.ts', import.meta.url);
const line = z.union([z.object({ sentBytes: z.number() }), z.object({ assetId: z.string() })]);

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let folder: string;
/** Nine whole parts and some; no two parts alike. */
const bytes = Buffer.concat([pdf(), randomBytes(9 * partSizeBytes + 12_345)]);
const sha256 = createHash('sha256').update(bytes).digest('hex');
let running: Program[];

beforeAll(async () => {
  running = [];
  folder = await mkdtemp(join(tmpdir(), 'askfile-interrupted-'));
  await writeFile(join(folder, 'plan.pdf'), bytes);
  backends = await openBackends();
  service = await openService(backends, {
    env: { ...partsEnv, PROMPT_MAX_SIZE_BYTES: String(bytes.length) },
  });
  people = await seedHeart(service);
});

afterAll(async () => {
  await Promise.all(running.map((program) => program.kill('SIGKILL')));
  await service.close();
  await backends.close();
  await rm(folder, { recursive: true });
});

type Program = ReturnType<typeof startScript>;

/** The person's program; started again it finds its note. */
function start(promptId: string): Program {
  const program = startScript(child, {
    args: [service.url, promptId, join(folder, 'plan.pdf'), noteOf(promptId)],
    env: { TOKEN: people.alice.credential },
  });
  running.push(program);
  return program;
}

const noteOf = (promptId: string) => join(folder, promptId);
const noted = (promptId: string) => readFile(noteOf(promptId), 'utf8').catch(() => undefined);

/** What it has said, whatever the order of its parts: the bytes sent at each step, and the asset when it has one. */
function said({ lines }: Program) {
  // Anything else that it prints is an error.
  if (!lines.every((text) => text.startsWith('{"'))) throw new Error(lines.join('\n'));
  const parsed = lines.map((text) => line.parse(JSON.parse(text)));
  return {
    sentBytes: parsed.flatMap((step) => ('sentBytes' in step ? [step.sentBytes] : [])),
    assetId: parsed.flatMap((step) => ('assetId' in step ? [step.assetId] : []))[0],
  };
}

function randomUpTo(most: number): number {
  return 1 + Math.floor(random() * most);
}

/** While it begins, as often while the service verifies what has been sent, and mostly between the two. */
function anyMoment(): number {
  return Math.min(1, Math.max(0, random() * 1.4 - 0.2));
}

/** Ends it as soon as it has sent that share of the bytes, by Ctrl-C or for good. */
async function interruptAt(share: number, program: Program): Promise<void> {
  const isThere = () => (said(program).sentBytes.at(-1) ?? -1) >= share * bytes.length;
  await until(() => program.hasEnded() || isThere(), deadlineMs);
  if (random() < 0.5) await program.interrupt();
  else await program.kill('SIGKILL');
}

/** The bytes of the parts that storage has of an upload; none of one that was not begun. */
async function countArrived(uploadId: string | undefined): Promise<number> {
  const upload = uploadId === undefined ? null : await findUpload(people.alice, uploadId);
  const parts = upload?.multipart.uploadedParts ?? [];
  return parts.reduce(
    (sum, part) => sum + Math.min(partSizeBytes, bytes.length - (part - 1) * partSizeBytes),
    0,
  );
}

test(`interrupted at random moments and started again, an upload goes on and the very bytes arrive (TEST_SEED=${seed})`, async () => {
  const goneOnFrom: number[] = [];
  for (const moments of plans) {
    const { id: promptId } = await request(people.agent);
    let uploadId: string | undefined;
    for (const moment of moments) {
      await interruptAt(moment, start(promptId));
      // Once it is noted, it stays the same upload.
      const now = await noted(promptId);
      expect(now).toBe(uploadId ?? now);
      uploadId = now;
    }

    const arrivedBytes = await countArrived(uploadId);
    goneOnFrom.push(arrivedBytes);
    const last = start(promptId);
    expect(await last.end()).toBe(0);
    const { sentBytes, assetId = '' } = said(last);
    // After its own 0: nothing that had arrived was sent again. Where all was done, it said nothing.
    expect(sentBytes[1] ?? bytes.length).toBeGreaterThanOrEqual(arrivedBytes);

    const asset = await scanned(people.agent, { id: assetId }, deadlineMs);
    expect(asset).toMatchObject({ scanStatus: 'CLEAN', sha256 });
    expect(await awaitResult(people.agent, promptId)).toMatchObject({
      outcome: 'UPLOADED',
      assets: [{ id: assetId }],
    });
    const completed = await rows<{ id: string }>(
      backends,
      `select id from uploads where prompt_id = $1 and status = 'COMPLETED'`,
      [promptId],
    );
    expect(completed).toEqual([{ id: uploadId ?? (await noted(promptId)) }]);
  }
  // Four parts are on their way at once: the others had arrived.
  expect(goneOnFrom[0]).toBeGreaterThanOrEqual(2 * partSizeBytes);
  await expectInvariants(backends, deadlineMs);
  expect((await listKeys(service)).filter((key) => key.startsWith('staging/'))).toEqual([]);
});
