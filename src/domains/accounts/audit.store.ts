import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { AuditEntry } from './audit.js';
import { auditEntries } from './audit.table.js';

export interface AuditFilter {
  readonly subject?: string | undefined;
  readonly action?: string | undefined;
}

/** The last row of the page before: (at, id), both descending. */
export interface AuditPosition {
  readonly at: Date;
  readonly id: string;
}

export function makeAuditStore(db: Db) {
  return {
    async insert(orgId: string, entries: readonly Omit<AuditEntry, 'at'>[]): Promise<void> {
      await db.insert(auditEntries).values(
        entries.map(({ actor, details, ...entry }) => ({
          ...entry,
          orgId,
          details: { ...details },
          actorKind: actor.kind,
          actorId: actor.id,
        })),
      );
    },

    /** Newest first. */
    async list(
      orgId: string,
      { subject, action }: AuditFilter,
      limit: number,
      after?: AuditPosition,
    ): Promise<AuditEntry[]> {
      const rows = await db
        .select()
        .from(auditEntries)
        .where(
          and(
            eq(auditEntries.orgId, orgId),
            subject === undefined ? undefined : eq(auditEntries.subject, subject),
            action === undefined ? undefined : eq(auditEntries.action, action),
            after &&
              sql`(${auditEntries.at}, ${auditEntries.id}) < (${after.at.toISOString()}::timestamptz, ${after.id})`,
          ),
        )
        .orderBy(desc(auditEntries.at), desc(auditEntries.id))
        .limit(limit);
      return rows.map(toEntry);
    },

    async find(orgId: string, id: string): Promise<AuditEntry | undefined> {
      const [row] = await db
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.orgId, orgId), eq(auditEntries.id, id)));
      return row && toEntry(row);
    },
  };
}

function toEntry(row: typeof auditEntries.$inferSelect): AuditEntry {
  const { orgId: _, actorKind, actorId, ...entry } = row;
  return { ...entry, actor: { kind: actorKind, id: actorId } };
}
