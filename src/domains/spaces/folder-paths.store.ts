import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { folders } from './folder.table.js';

export interface NamedFolder {
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
}

export interface PlacedFolder extends NamedFolder {
  readonly spaceId: string;
}

const columns = { id: folders.id, parentId: folders.parentId, name: folders.name, spaceId: folders.spaceId };

export function makeFolderPathStore(db: Db) {
  return {
    /** In any order. */
    async listByIds(orgId: string, ids: readonly string[]): Promise<PlacedFolder[]> {
      return db
        .select(columns)
        .from(folders)
        .where(and(eq(folders.orgId, orgId), inArray(folders.id, [...ids])));
    },

    /** So that it is not deleted before the transaction ends. undefined when it is gone. */
    async lock(orgId: string, id: string): Promise<PlacedFolder | undefined> {
      const [row] = await db
        .select(columns)
        .from(folders)
        .where(and(eq(folders.orgId, orgId), eq(folders.id, id)))
        .for('key share');
      return row;
    },

    /** These and every folder above them, each once. */
    async listUpwards(orgId: string, ids: readonly string[]): Promise<NamedFolder[]> {
      const { rows } = await db.execute<{ id: string; parent_id: string | null; name: string }>(sql`
        with recursive climbed as (
          select id, parent_id, name from ${folders} where org_id = ${orgId} and id = any(${sql.param(ids)}::text[])
          union
          select above.id, above.parent_id, above.name from ${folders} as above
            join climbed on above.id = climbed.parent_id and above.org_id = ${orgId}
        ) select id, parent_id, name from climbed`);
      return rows.map(({ id, parent_id, name }) => ({ id, parentId: parent_id, name }));
    },
  };
}
