import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { answer, request, seedHeart } from '../tests/support/heart.js';
import { startDatabase } from './support/database.js';
import { applyLoad } from './support/load.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import type { Scope } from './support/scope.js';
import { startServerProcess, type ServerProcess } from './support/server-process.js';
import { startService } from './support/service.js';

const rows = 20;
const connections = 16;

const query = `query Files($first: Int!) {
  agentAssets(first: $first) {
    nodes { id urn filename mimeType sizeBytes type scanStatus uploadedAt }
    pageInfo { hasNextPage }
  }
}`;

/** What a page of twenty assets costs over HTTP, against the least that it could. */
export async function measureList({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [rounds, seconds] = quick ? [3, 1] : [7, 3];
  // Postgres is started here, because the floor needs its address, too.
  const databaseUrl = await startDatabase(scope);
  const service = await startService({
    scope,
    dataDir: await makeTempDir(scope),
    env: { DATABASE_URL: databaseUrl },
  });
  const { alice, agent } = await seedHeart(service);
  for (let row = 0; row < rows; row += 1) await answer(alice, (await request(agent)).id);
  const floor = await startFloor(scope, databaseUrl);

  const subjects = [
    {
      server: service,
      request: toRequest('/graphql', alice.credential, { query, variables: { first: rows } }),
    },
    { server: floor, request: toRequest('/', '', {}) },
  ];
  const load = (server: ServerProcess, text: string) =>
    applyLoad({ port: server.port, request: text, connections, seconds });
  for (const { server, request: text } of subjects) await load(server, text);

  // In turns, so that whatever else the machine does meets both.
  const perSecond: number[][] = subjects.map(() => []);
  const cpuMicros: number[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { server, request: text }] of subjects.entries()) {
      const before = await server.state();
      const { answers, seconds: took } = await load(server, text);
      const after = await server.state();
      perSecond[index]?.push(answers / took);
      cpuMicros[index]?.push(((after.cpuMs - before.cpuMs) * 1000) / answers);
    }
  }
  const [ours = [], floors = []] = perSecond;
  const [ourCpu = [], floorCpu = []] = cpuMicros;
  const turns = `${rounds} turns of ${seconds} s each`;
  return [
    {
      name: 'agentAssets, 20 rows',
      unit: '1/s',
      values: ours,
      how: `HTTP keep-alive, ${connections} connections; ${turns}, in turns with the floor`,
    },
    {
      name: 'the floor',
      unit: '1/s',
      values: floors,
      how: 'node:http and one named query of pg, no GraphQL, no token',
    },
    {
      name: 'agentAssets ÷ floor',
      unit: '×',
      values: ours.map((value, round) => value / (floors[round] ?? NaN)),
      how: 'requests per second, turn by turn',
    },
    { name: 'agentAssets: CPU', unit: 'µs', values: ourCpu, how: 'of the server’s process per request' },
    { name: 'the floor: CPU', unit: 'µs', values: floorCpu, how: 'the same' },
  ];
}

async function startFloor(scope: Scope, databaseUrl: string): Promise<ServerProcess> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: found } = await client.query<{ org_id: string; user_id: string }>(
    'select org_id, user_id from assets limit 1',
  );
  await client.end();
  return startServerProcess({
    script: fileURLToPath(new URL('support/floor.ts', import.meta.url)),
    scope,
    nodeFlags: ['--import', 'tsx'],
    env: { DATABASE_URL: databaseUrl, ORG_ID: found[0]?.org_id ?? '', USER_ID: found[0]?.user_id ?? '' },
    readyPath: '/',
  });
}

function toRequest(path: string, credential: string, body: object): string {
  const text = JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    ...(credential === '' ? [] : [`authorization: Bearer ${credential}`]),
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
}
