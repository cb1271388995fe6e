import { createServer } from 'node:http';
import pg from 'pg';

/**
 * The least that a list over HTTP can cost: node:http, one named query of pg, JSON. No GraphQL, no tokens, no
 * limits. What is above it is what the service's own work costs.
 */
const { DATABASE_URL, ORG_ID, USER_ID, PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });

const query = {
  name: 'list',
  text: `select id, memory_id, filename, mime_type, size_bytes, type, scan_status, created_at from assets
    where org_id = $1 and user_id = $2 order by created_at desc, id desc limit 21`,
  values: [ORG_ID, USER_ID],
};

createServer((request, response) => {
  request.resume();
  pool.query<Record<string, unknown>>(query).then(
    ({ rows }) => {
      const nodes = rows.slice(0, 20).map(({ memory_id: memoryId, ...row }) => ({
        ...row,
        urn: `urn:askfile:memory:${String(memoryId)}:assets:${String(row['id'])}`,
      }));
      const body = JSON.stringify({ data: { nodes, hasNextPage: rows.length > 20 } });
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
