import { newId } from '../../src/core/ids.js';

interface Sql {
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
}

export interface ManyAssets {
  readonly spaceId: string;
  /** Every asset is in one of `folderCount` folders, but one in a hundred is in the root. */
  readonly assetCount: number;
  /** A hundredth of them are in the root, each with ninety-nine beneath. */
  readonly folderCount: number;
}

/**
 * Rows of a space that has much in it, without any bytes: for looking at what queries cost. `report` is in half of the
 * names, `zeppelin` in ten, and `unheard` in none; one in five was generated, by one of two providers, five an
 * execution; ten are of a third provider; one in two thousand waits to be scanned. Each was made a second after the
 * one before. What is not a picture has a text: `minutes` is in all of them, `sonnet` in every second, `zeppelin` in
 * ten, which are not those of the names.
 */
export async function insertManyAssets(
  { executeSql }: Sql,
  orgId: string,
  { spaceId, assetCount, folderCount }: ManyAssets,
): Promise<void> {
  // In the place of a KSUID: the same length, and another one in each space.
  const mark = newId().slice(-8);
  await executeSql('insert into spaces (id, org_id, name) values ($1, $2, $1)', [spaceId, orgId]);
  await executeSql(
    `insert into folders (id, org_id, space_id, parent_id, name, created_by_kind, created_by_id)
     select $3 || 'f' || lpad(i::text, 18, '0'), $1, $2,
       case when i >= $4::int / 100 then $3 || 'f' || lpad((i % ($4::int / 100))::text, 18, '0') end,
       'folder ' || i, 'USER', 'ada'
     from generate_series(0, $4::int - 1) i order by i`,
    [orgId, spaceId, mark, folderCount],
  );
  await executeSql(
    `insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, type, scan_status, sha256,
       description, storage_key, etag, uploaded_by_kind, uploaded_by_id, created_at, provider, execution_id, agent_urn)
     select $3 || lpad(i::text, 19, '0'), $1, $2,
       case when i % 100 <> 0 then $3 || 'f' || lpad((i % $4::int)::text, 18, '0') end,
       case when i % 2 = 0 then 'Report ' else 'Notes ' end || substr(md5(i::text), 1, 12) ||
         case when i % ($5::int / 10) = 7 then ' zeppelin' else '' end || case when i % 5 = 0 then '.png' else '.pdf' end,
       case when i % 5 = 0 then 'image/png' else 'application/pdf' end,
       ('x' || substr(md5(i::text), 1, 7))::bit(28)::int + 1,
       (case when i % 5 = 0 then 'IMAGE' else 'DOCUMENT' end)::asset_type,
       (case when i % 2000 = 3 then 'PENDING' else 'CLEAN' end)::scan_status,
       case when i % 2000 <> 3 then repeat('0', 64) end,
       case when i % 4 = 0 then 'made for the ' || substr(md5((i / 7)::text), 1, 6) || ' meeting' end,
       $1 || '/' || $2 || '/' || $3 || lpad(i::text, 19, '0'), 'etag', 'USER', 'ada',
       timestamptz '2026-01-01' + make_interval(secs => i),
       case when i % ($5::int / 10) = 5 then 'stability' when i % 5 = 0 then case when i % 2 = 0 then 'fal' else 'elevenlabs' end end,
       case when i % 5 = 0 then 'execution-' || i / 25 end,
       case when i % 5 = 0 then 'urn:agent:buno' end
     from generate_series(0, $5::int - 1) i`,
    [orgId, spaceId, mark, folderCount, assetCount],
  );
  await executeSql(
    `insert into asset_texts (asset_id, org_id, space_id, text, is_cut, words)
     select id, org_id, space_id, said, false, to_tsvector('simple', said) from (
       select $3 || lpad(i::text, 19, '0') as id, $1::text as org_id, $2::text as space_id,
         'Minutes ' || md5('text ' || i) || case when i % 2 = 0 then ' Sonnet' else '' end ||
           case when i % ($4::int / 10) = 8 then ' zeppelin' else '' end as said
       from generate_series(0, $4::int - 1) i where i % 5 <> 0
     ) texts`,
    [orgId, spaceId, mark, assetCount],
  );
  await executeSql('analyze assets');
  await executeSql('analyze asset_texts');
  await executeSql('analyze folders');
}

/** Has all that is in a space be in a memory of its own instead, in no folder, its words and texts as they are. */
export async function moveToMemory(
  { executeSql }: Sql,
  orgId: string,
  { spaceId, memoryId }: { spaceId: string; memoryId: string },
): Promise<void> {
  const agentUrn = `urn:agent:${memoryId}`;
  await executeSql(`insert into agents (org_id, urn, name, app_id) values ($1, $2, $2, $2)`, [
    orgId,
    agentUrn,
  ]);
  await executeSql(`insert into memories (id, org_id, agent_urn, user_id) values ($1, $2, $3, 'alice')`, [
    memoryId,
    orgId,
    agentUrn,
  ]);
  await executeSql(
    `update assets set space_id = null, folder_id = null, memory_id = $1, agent_urn = $2, user_id = 'alice'
     where space_id = $3`,
    [memoryId, agentUrn, spaceId],
  );
  await executeSql('update asset_texts set space_id = null, memory_id = $1 where space_id = $2', [
    memoryId,
    spaceId,
  ]);
}
