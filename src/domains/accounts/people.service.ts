import type { Db } from '../../core/db.js';
import { badInput } from '../../core/errors.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import { isPrintable } from '../../core/text.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Person } from './account.js';
import { makePeopleStore, type PersonPosition } from './people.store.js';

export type People = ReturnType<typeof makePeople>;

const maxSearchLength = 200;

/** Who is known in the organization, for its admins: they say what each may do. */
export function makePeople({ db, cursors }: { db: Db; cursors: Cursors }) {
  const store = makePeopleStore(db);

  return {
    /**
     * By name; with `search`, those whose name or id has all of its words somewhere, in any case. Throws
     * PERMISSION_DENIED, BAD_USER_INPUT (`search`: more than 200 characters, or some that cannot be shown).
     */
    async listPeople(
      viewer: Viewer,
      search: string | undefined,
      page: PageArgs,
    ): Promise<Connection<Person>> {
      assertOrgAdmin(viewer);
      const words = toWords(search ?? '');
      const cursor = cursors.bind<PersonPosition>('people', viewer.orgId, { words });
      const rows = await store.list(viewer.orgId, words, page.first + 1, cursor.decode(page.after));
      return toConnection(rows, page, ({ sortKey, id }) => cursor.encode({ sortKey, id }));
    },
  };
}

function toWords(search: string): readonly string[] {
  const text = search.normalize('NFC').trim();
  if (text.length > maxSearchLength || !isPrintable(text)) {
    throw badInput('search', `Search for up to ${maxSearchLength} characters that can be shown.`);
  }
  return text === '' ? [] : text.split(/\s+/u);
}
