import { and, asc, count, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Folder, FolderStep } from './folder.js';
import { folders } from './folder.table.js';

export type NewFolder = Omit<Folder, 'createdAt' | 'updatedAt'>;

/** Where a folder stands. */
export type FolderPlace = Pick<Folder, 'orgId' | 'spaceId' | 'parentId'>;

export interface FolderBeneath {
  readonly id: string;
  /** 1 for the folder that was asked about. */
  readonly level: number;
}

export function makeFolderStore(db: Db) {
  const byName = [asc(folders.name), asc(folders.id)] as const;
  const inOrg = (orgId: string, condition: SQL | undefined) => and(eq(folders.orgId, orgId), condition);
  // One parameter, whatever their number; Postgres takes 65,535 of them.
  const isOneOf = (ids: readonly string[]) => sql`${folders.id} = any(${sql.param([...ids])})`;
  const isIn = ({ orgId, spaceId, parentId }: FolderPlace) =>
    and(
      eq(folders.orgId, orgId),
      eq(folders.spaceId, spaceId),
      parentId === null ? isNull(folders.parentId) : eq(folders.parentId, parentId),
    );

  async function list(orgId: string, condition: SQL | undefined): Promise<Folder[]> {
    const rows = await db
      .select()
      .from(folders)
      .where(inOrg(orgId, condition))
      .orderBy(...byName);
    return rows.map(toFolder);
  }

  return {
    async insert({ createdBy, ...columns }: NewFolder): Promise<Folder> {
      const [row] = await db
        .insert(folders)
        .values({ ...columns, createdByKind: createdBy.kind, createdById: createdBy.id })
        .returning();
      // An INSERT of one row returns one row.
      return toFolder(row!);
    },

    async find(orgId: string, id: string): Promise<Folder | undefined> {
      return (await list(orgId, eq(folders.id, id)))[0];
    },

    /** By the names on the way down from the space's root; at least one. */
    async findByPath(orgId: string, spaceId: string, names: readonly string[]): Promise<Folder | undefined> {
      const path = sql`${sql.param([...names])}::text[]`;
      const down = sql`
        with recursive down as (
          select id, 1 as level from ${folders}
          where org_id = ${orgId} and space_id = ${spaceId} and parent_id is null and name = (${path})[1]
          union all
          select f.id, down.level + 1 from down join ${folders} f
            on f.space_id = ${spaceId} and f.parent_id = down.id and f.name = (${path})[down.level + 1]
        ) select id from down where level = ${names.length}`;
      return (await list(orgId, sql`${folders.id} = (${down})`))[0];
    },

    listByIds: (orgId: string, ids: readonly string[]) => list(orgId, isOneOf(ids)),

    /** By name, as the next one. */
    listInRoots: (orgId: string, spaceIds: readonly string[]) =>
      list(orgId, and(inArray(folders.spaceId, [...spaceIds]), isNull(folders.parentId))),

    listInFolders: (orgId: string, parentIds: readonly string[]) =>
      list(orgId, inArray(folders.parentId, [...parentIds])),

    /** These folders and every one above them, each once. One statement, so that all are of one moment. */
    async listSteps(orgId: string, ids: readonly string[]): Promise<FolderStep[]> {
      const { rows } = await db.execute<{ id: string; parent_id: string | null; name: string }>(sql`
        with recursive up as (
          select id, parent_id, name from ${folders} where org_id = ${orgId} and ${isOneOf(ids)}
          union
          select f.id, f.parent_id, f.name from up join ${folders} f on f.id = up.parent_id
        ) select id, parent_id, name from up`);
      return rows.map(({ id, parent_id: parentId, name }) => ({ id, parentId, name }));
    },

    /** The folder itself and every one beneath it. */
    async listSubtree(orgId: string, id: string): Promise<FolderBeneath[]> {
      const { rows } = await db.execute<{ id: string; level: number }>(sql`
        with recursive down as (
          select id, 1 as level from ${folders} where org_id = ${orgId} and id = ${id}
          union all
          select f.id, down.level + 1 from down join ${folders} f on f.parent_id = down.id
        ) select id, level from down`);
      return rows.map(({ id: beneathId, level }) => ({ id: beneathId, level }));
    },

    async isNameTaken(place: FolderPlace, name: string): Promise<boolean> {
      const rows = await db
        .select({ id: folders.id })
        .from(folders)
        .where(and(isIn(place), eq(folders.name, name)));
      return rows.length > 0;
    },

    async countIn(place: FolderPlace): Promise<number> {
      const [row] = await db.select({ count: count() }).from(folders).where(isIn(place));
      return row?.count ?? 0;
    },

    async update(
      { orgId, id }: Folder,
      change: { name: string } | { parentId: string | null },
    ): Promise<Folder> {
      const [row] = await db
        .update(folders)
        .set({ ...change, updatedAt: sql`clock_timestamp()` })
        .where(inOrg(orgId, eq(folders.id, id)))
        .returning();
      if (row === undefined) throw new Error('a folder that was there is not');
      return toFolder(row);
    },

    /** Lets nobody put anything into them until the transaction ends, and waits for whoever is doing so. */
    async lock(orgId: string, ids: readonly string[]): Promise<void> {
      await db
        .select({ id: folders.id })
        .from(folders)
        .where(inOrg(orgId, isOneOf(ids)))
        .orderBy(asc(folders.id))
        .for('update');
    },

    /** Keeps it where it is found until the transaction ends; any number may hold it so. */
    async lockForChild(spaceId: string, id: string): Promise<boolean> {
      const rows = await db
        .select({ id: folders.id })
        .from(folders)
        .where(and(eq(folders.spaceId, spaceId), eq(folders.id, id)))
        .for('key share');
      return rows.length === 1;
    },

    async delete(orgId: string, ids: readonly string[]): Promise<void> {
      await db.delete(folders).where(inOrg(orgId, isOneOf(ids)));
    },
  };
}

function toFolder({ createdByKind, createdById, ...folder }: typeof folders.$inferSelect): Folder {
  return { ...folder, createdBy: { kind: createdByKind, id: createdById } };
}
