import pg from 'pg';
import type { Api } from '../tests/support/api.js';
import { answer, request, seedHeart } from '../tests/support/heart.js';
import { manyAssets, manyPrompts, multiplyRow } from '../tests/support/many-rows.js';
import { startDatabase } from './support/database.js';
import { median, type Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { startService } from './support/service.js';

const pageSize = 20;
/** The largest that the service gives: the way to a far page is asked for in these. */
const strideSize = 100;
/** Few enough that whatever else the machine does meets every page alike. */
const requestsPerTurn = 20;
/** Of the prompts, one in so many has another status than the rest. */
const rareEvery = 10_000;

interface List {
  readonly name: string;
  readonly field: string;
  readonly query: string;
}

interface Answer {
  readonly [field: string]: { nodes: unknown[]; pageInfo: { endCursor: string | null } };
}

const assets = toList('agentAssets', '', 'id urn filename mimeType sizeBytes type scanStatus uploadedAt');
const prompts = toList('uploadPrompts', '', 'id version status prompt createdAt expiresAt');
const rarePrompts = toList(
  'uploadPrompts',
  ', status: [TIMEOUT]',
  'id version status prompt createdAt expiresAt',
);

function toList(field: string, condition: string, fields: string): List {
  const query = `query Page($first: Int!, $after: String) {
    ${field}(first: $first, after: $after${condition}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } }
  }`;
  return { name: `${field}${condition === '' ? '' : ' of a rare status'}`, field, query };
}

/** What a page costs of a list that is very long: the first one, and one far down. */
export async function measurePages({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [rowCount, farPage, turns] = quick ? [200_000, 1_000, 5] : [1_000_000, 10_000, 25];
  const databaseUrl = await startDatabase(scope);
  const dataDir = await makeTempDir(scope);
  const service = await startService({ scope, dataDir, env: { DATABASE_URL: databaseUrl } });
  const { alice, agent } = await seedHeart(service);
  const prompt = await request(agent);
  const asset = await answer(alice, prompt.id);
  await fill(databaseUrl, rowCount, { promptId: prompt.id, assetId: asset.id });

  const subjects: { name: string; list: List; after: string | null }[] = [];
  for (const list of [assets, prompts]) {
    subjects.push({ name: `${list.name}: page 1`, list, after: null });
    const after = await findCursor(alice, list, (farPage - 1) * pageSize);
    subjects.push({ name: `${list.name}: page ${farPage.toLocaleString('en-US')}`, list, after });
  }
  subjects.push({ name: rarePrompts.name, list: rarePrompts, after: null });

  const times = subjects.map((): number[][] => []);
  // The first turn warms up.
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [index, { list, after }] of subjects.entries()) {
      const taken: number[] = [];
      for (let count = 0; count < requestsPerTurn; count += 1) taken.push(await timePage(alice, list, after));
      if (turn > 0) times[index]?.push(taken);
    }
  }

  const ratio = (first: number, far: number) =>
    (times[far] ?? []).map((taken, turn) => median(taken) / median(times[first]?.[turn] ?? []));
  const rows = rowCount.toLocaleString('en-US');
  const measured = subjects.map(({ name }, index) => ({
    name,
    unit: 'ms',
    values: (times[index] ?? []).flat(),
    how: `${pageSize} of ${rows} rows, HTTP: request to answer, one at a time`,
  }));
  const ratios = [assets, prompts].map(({ name }, index) => ({
    name: `${name}: far page ÷ first`,
    unit: '×',
    values: ratio(2 * index, 2 * index + 1),
    how: `medians of ${requestsPerTurn} requests, turn by turn; ${turns} turns`,
  }));
  return [...measured, ...ratios];
}

/** Copies of the one asset and the one prompt there are: alice's, and of the one agent. */
async function fill(
  databaseUrl: string,
  count: number,
  { promptId, assetId }: { promptId: string; assetId: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const executeSql = (text: string, values: readonly unknown[] = []) => client.query(text, [...values]);
    await multiplyRow(executeSql, manyAssets(assetId, count));
    const status = `case when n % ${rareEvery} = 0 then 'TIMEOUT' else 'UPLOADED' end`;
    await multiplyRow(executeSql, manyPrompts(promptId, count, { status }));
    // Done now, it does not come by itself in the midst of the measuring.
    await executeSql('vacuum assets, upload_prompts');
  } finally {
    await client.end();
  }
}

/** Of the row with so many before it. */
async function findCursor(viewer: Api, { field, query }: List, rowsBefore: number): Promise<string> {
  let after: string | null = null;
  for (let left = rowsBefore; left > 0; left -= strideSize) {
    const answered: Answer = await viewer.get<Answer>(query, { first: Math.min(left, strideSize), after });
    after = answered[field]?.pageInfo.endCursor ?? null;
  }
  if (after === null) throw new Error('The list is not that long.');
  return after;
}

/** In ms. */
async function timePage(viewer: Api, { field, query }: List, after: string | null): Promise<number> {
  const startedAt = performance.now();
  const answered = await viewer.get<Answer>(query, { first: pageSize, after });
  const took = performance.now() - startedAt;
  const count = answered[field]?.nodes.length;
  if (count !== pageSize) throw new Error(`The page has ${count} rows.`);
  return took;
}
