/** Plain SQL on one database. */
export type ExecuteSql = (text: string, values?: readonly unknown[]) => Promise<unknown>;

/**
 * Copies one row of a table `count` times, in one statement. `changes` are SQL expressions of `n`, from 1 up, for the
 * columns in which the copies differ; those are not checked against anything but the table's own constraints.
 */
export async function multiplyRow(
  executeSql: ExecuteSql,
  { table, id, count, changes }: MultipliedRow,
): Promise<void> {
  const changed = Object.entries({ id: `lpad(n::text, 27, '0')`, ...changes }).map(
    ([column, expression]) => `'${column}', ${expression}`,
  );
  await executeSql(
    `insert into ${table}
     select copy.* from ${table} source cross join generate_series(1, $1) n
       cross join lateral jsonb_populate_record(source, jsonb_build_object(${changed.join(', ')})) copy
     where source.id = $2`,
    [count, id],
  );
  await executeSql(`analyze ${table}`);
}

export interface MultipliedRow {
  readonly table: 'assets' | 'upload_prompts';
  readonly id: string;
  readonly count: number;
  readonly changes: Readonly<Record<string, string>>;
}

/** The nth is n seconds younger than the first. */
const createdAt = `timestamptz '2026-01-01' + make_interval(secs => n)`;

/** Copies of an asset, one a second, each at a storage key of its own where nothing is. */
export const manyAssets = (id: string, count: number, changes: MultipliedRow['changes'] = {}) => ({
  table: 'assets' as const,
  id,
  count,
  changes: { created_at: createdAt, storage_key: `'copy/' || n`, ...changes },
});

/** Copies of a prompt, one a second. */
export const manyPrompts = (id: string, count: number, changes: MultipliedRow['changes'] = {}) => ({
  table: 'upload_prompts' as const,
  id,
  count,
  changes: { created_at: createdAt, idempotency_key: 'null', ...changes },
});
