import { sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/** What indexes and queries of `assets` compute alike: an index serves exactly the expression that it was made of. */
type Columns<Name extends string> = Readonly<Record<Name, AnyPgColumn>>;

/** Not in the trash. */
export const isLive = ({ deletedAt }: Columns<'deletedAt'>): SQL => sql`(${deletedAt} is null)`;

/** The folder that it is in, or the space in whose root it is. */
export const placeOf = ({ folderId, spaceId }: Columns<'folderId' | 'spaceId'>): SQL =>
  sql`coalesce(${folderId}, ${spaceId})`;

/** What names are ordered by: without regard to case, by code point, the same on every database. */
export const nameKey = ({ filename }: Columns<'filename'>): SQL => sql`lower(${filename}) collate "C"`;

/**
 * The same in memories: what is sealed, or to be sealed, comes after all that has a name, by its id, which it shows for
 * one.
 */
export const memoryNameKey = ({ filename, keyVersion, id }: Columns<'filename' | 'keyVersion' | 'id'>): SQL =>
  sql`(case when ${keyVersion} is null then '0' || lower(${filename}) else '1' || ${id} end) collate "C"`;

/** What is searched in. No word spans the space between the two. */
export const searchText = ({ filename, description }: Columns<'filename' | 'description'>): SQL =>
  sql`lower(${filename} || ' ' || coalesce(${description}, ''))`;
