import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Api } from '../tests/support/api.js';
import {
  begin,
  complete,
  fileOf,
  pdf,
  promptsSubscription,
  put,
  request,
  resultSubscription,
  seedHeart,
  type PromptFields,
  type ResultFields,
} from '../tests/support/heart.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { startService } from './support/service.js';

interface PromptEvents {
  uploadPrompts: { kind: string; prompts: PromptFields[] };
}

/** One question and its answer, in ms. */
interface Round {
  asked: number;
  shown: number;
  begun: number;
  put: number;
  completed: number;
  told: number;
  whole: number;
}

const legs: readonly { key: keyof Round; name: string; how: string }[] = [
  { key: 'asked', name: 'requestUpload', how: 'agent, HTTP: request to answer' },
  {
    key: 'shown',
    name: 'requestUpload → portal',
    how: 'from its request to the event on the portal’s socket',
  },
  { key: 'begun', name: 'beginPromptUpload', how: 'person, HTTP: request to answer with the signed URL' },
  { key: 'put', name: 'PUT of the bytes', how: 'to the embedded store, which syncs them to disk' },
  { key: 'completed', name: 'completeUpload', how: 'person, HTTP: HEAD, copy, sniff and commit' },
  {
    key: 'told',
    name: 'completeUpload → agent',
    how: 'from its request to the result on the agent’s socket',
  },
  { key: 'whole', name: 'the whole heart', how: 'requestUpload to the agent’s result, one after another' },
];

/** From an agent's question to the answer in its hands, one at a time, over the wire. */
export async function measureHeart({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [warmUp, count] = quick ? [10, 50] : [50, 200];
  const service = await startService({ scope, dataDir: await makeTempDir(scope) });
  const { alice, agent } = await seedHeart(service);
  const portal = openSocket(alice);
  const runtime = openSocket(agent);
  scope.defer(async () => Promise.all([portal.dispose(), runtime.dispose()]));

  const prompts = portal.iterate<PromptEvents>({ query: promptsSubscription });
  await prompts.next(); // the snapshot
  const bytes = pdf();

  async function whenShown(promptOf: Promise<PromptFields>): Promise<number> {
    for (;;) {
      const next = await prompts.next();
      const at = performance.now();
      if (next.done === true) throw new Error('The portal’s subscription ended.');
      const id = next.value.data?.uploadPrompts.prompts[0]?.id;
      if (id === (await promptOf).id) return at;
    }
  }

  async function ask(): Promise<Round> {
    const start = performance.now();
    const answer = request(agent);
    const shownAt = whenShown(answer);
    const prompt = await answer;
    const askedAt = performance.now();
    const results = runtime.iterate<{ uploadResult: ResultFields }>({
      query: resultSubscription,
      variables: { id: prompt.id },
    });
    const told = results.next().then((next) => {
      const outcome = next.done === true ? undefined : next.value.data?.uploadResult.outcome;
      if (outcome !== 'UPLOADED') throw new Error(`The agent was told ${outcome}.`);
      return performance.now();
    });
    const shown = await shownAt;
    const beginAt = performance.now();
    const upload = await begin(alice, prompt.id, fileOf(bytes));
    const putAt = performance.now();
    const stored = await put(upload, bytes);
    await stored.arrayBuffer();
    if (!stored.ok) throw new Error(`The store answered ${stored.status}.`);
    const completeAt = performance.now();
    const completedAt = complete(alice, upload.id).then(() => performance.now());
    const [completed, toldAt] = await Promise.all([completedAt, told]);
    return {
      asked: askedAt - start,
      shown: shown - start,
      begun: putAt - beginAt,
      put: completeAt - putAt,
      completed: completed - completeAt,
      told: toldAt - completeAt,
      whole: toldAt - start,
    };
  }

  for (let round = 0; round < warmUp; round += 1) await ask();
  const before = await service.state();
  const rounds: Round[] = [];
  for (let round = 0; round < count; round += 1) rounds.push(await ask());
  const after = await service.state();
  return [
    ...legs.map(({ key, name, how }) => ({
      name,
      unit: 'ms',
      values: rounds.map((round) => round[key]),
      how,
    })),
    {
      name: 'the whole heart: CPU',
      unit: 'ms',
      values: [(after.cpuMs - before.cpuMs) / count],
      how: `of the service’s process, store and scan included; ÷ ${count} rounds`,
    },
  ];
}

function openSocket({ url, credential }: Api) {
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${credential}` },
    // Opened once, before the clock runs.
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: (error) => console.error('a socket failed:', error),
  });
}
