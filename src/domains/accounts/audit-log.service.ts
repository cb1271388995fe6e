import type { Db } from '../../core/db.js';
import { isId } from '../../core/ids.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import { assertOrgAdmin, isOrgAdmin, type Viewer } from '../../core/viewer.js';
import { isExternalId } from './account.js';
import type { AuditEntry } from './audit.js';
import { makeAuditStore, type AuditFilter } from './audit.store.js';

export type AuditLog = ReturnType<typeof makeAuditLog>;

/** What is on record, for the organization's admins. */
export function makeAuditLog({ db, cursors }: { db: Db; cursors: Cursors }) {
  const store = makeAuditStore(db);

  return {
    /** Newest first; of one subject, one action, or both, where given. Throws PERMISSION_DENIED. */
    async listEntries(viewer: Viewer, filter: AuditFilter, page: PageArgs): Promise<Connection<AuditEntry>> {
      assertOrgAdmin(viewer);
      const cursor = cursors.bind<{ at: string; id: string }>('auditLog', viewer.orgId, filter);
      const after = cursor.decode(page.after);
      const position = after && { at: new Date(after.at), id: after.id };
      const rows = mayExist(filter) ? await store.list(viewer.orgId, filter, page.first + 1, position) : [];
      return toConnection(rows, page, ({ at, id }) => cursor.encode({ at: at.toISOString(), id }));
    },

    /** For admins; undefined when the organization has none such, and for everybody else. */
    async findEntry(viewer: Viewer, id: string): Promise<AuditEntry | undefined> {
      return isOrgAdmin(viewer) && isId(id) ? store.find(viewer.orgId, id) : undefined;
    },
  };
}

/** A cheap refusal before any query: whatever else has no entry. */
function mayExist({ subject, action }: AuditFilter): boolean {
  return [subject, action].every((text) => text === undefined || isExternalId(text));
}
