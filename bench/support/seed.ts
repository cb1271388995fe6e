import pg from 'pg';

export interface SeedOptions {
  readonly orgId: string;
  readonly spaceId: string;
  /** Where they are, in turns; none: in the space's root. */
  readonly folderIds?: readonly string[];
  readonly count: number;
}

/** Of each seeded file. */
const sizeBytes = 1000;

/** How many have been seeded already: their ids are numbers, in the form and the order of ours. */
let seeded = 0;

/**
 * Clean files of a space, as rows alone: their bytes are nowhere. By one statement, at some 20,000 a second; the
 * counters know of them afterwards, and the planner of their number.
 */
export async function seedFiles(databaseUrl: string, options: SeedOptions): Promise<void> {
  const { orgId, spaceId, folderIds = [], count } = options;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, sha256, type, scan_status,
         storage_key, etag, uploaded_by_kind, uploaded_by_id, created_at)
       select lpad(n::text, 27, '0'), $1, $2, ($3::text[])[1 + n % cardinality($3::text[])], 'file-' || n || '.pdf',
         'application/pdf', $4, repeat('0', 64), 'DOCUMENT', 'CLEAN', 'seeded/' || n, '"0"', 'USER', 'alice',
         now() - make_interval(secs => 100000000 - n)
       from generate_series($5::int, $6::int) n`,
      [orgId, spaceId, folderIds.length === 0 ? null : folderIds, sizeBytes, seeded + 1, seeded + count],
    );
    seeded += count;
    await client.query(
      `insert into space_usage (org_id, space_id, used_bytes, asset_count) values ($1, $2, $3, $4)
       on conflict (org_id, space_id) do update set
         used_bytes = space_usage.used_bytes + excluded.used_bytes,
         asset_count = space_usage.asset_count + excluded.asset_count`,
      [orgId, spaceId, sizeBytes * count, count],
    );
    await client.query('update storage_usage set used_bytes = used_bytes + $2 where org_id = $1', [
      orgId,
      sizeBytes * count,
    ]);
    await client.query('vacuum analyze assets');
  } finally {
    await client.end();
  }
}
