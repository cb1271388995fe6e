import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import { auditEntries } from './audit.table.js';

export interface NewAuditEntry {
  readonly id: string;
  readonly orgId: string;
  readonly actor: ActorRef;
  readonly action: string;
  readonly subject: string;
  readonly details: Record<string, unknown>;
}

export function makeAuditStore(db: Db) {
  return {
    async insert({ actor, ...entry }: NewAuditEntry): Promise<void> {
      await db.insert(auditEntries).values({ ...entry, actorKind: actor.kind, actorId: actor.id });
    },
  };
}
