import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Person } from './account.js';
import { accounts, personKey, personText } from './account.table.js';

/** The place of a person in the list, in the database's own words. */
export interface PersonPosition {
  readonly sortKey: string;
  readonly id: string;
}

export type ListedPerson = Person & PersonPosition;

const sortKey = personKey(accounts);

export function makePeopleStore(db: Db) {
  return {
    /** By name, those without one by their id; those alone whose name or id has all of the words. */
    async list(
      orgId: string,
      words: readonly string[],
      limit: number,
      after?: PersonPosition,
    ): Promise<ListedPerson[]> {
      return db
        .select({ id: accounts.id, name: accounts.name, sortKey: sql<string>`${sortKey}` })
        .from(accounts)
        .where(
          and(
            eq(accounts.orgId, orgId),
            // Not as a parameter: the indexes are of people alone.
            sql`${accounts.kind} = 'USER'`,
            ...words.map(mentionsWord),
            after && sql`(${sortKey}, ${accounts.id}) > (${after.sortKey}, ${after.id})`,
          ),
        )
        .orderBy(sql`${sortKey}`, accounts.id)
        .limit(limit);
    },
  };
}

/** In lower case by the database, as the index is: JavaScript's differs in some letters. */
function mentionsWord(word: string): SQL {
  const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`${personText(accounts)} like lower(${pattern}::text)`;
}
