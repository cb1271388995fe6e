import type { Api } from './api.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';

export interface AuditFields {
  id: string;
  at: string;
  actor: { kind: string; id: string; name: string | null };
  action: string;
  subject: string;
  details: Record<string, unknown>;
}

export interface AuditPage {
  nodes: AuditFields[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const auditQuery = `query($subject: ID, $action: String, $first: Int, $after: String) {
  auditLog(subject: $subject, action: $action, first: $first, after: $after) {
    nodes { id at actor { kind id name } action subject details }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What is on record, newest first. */
export async function auditPage(admin: Api, variables: object = {}): Promise<AuditPage> {
  return (await admin.get<{ auditLog: AuditPage }>(auditQuery, variables)).auditLog;
}

export async function audited(admin: Api, variables: object = {}): Promise<AuditFields[]> {
  return (await auditPage(admin, variables)).nodes;
}

export interface AuditRow {
  action: string;
  subject: string;
  actor: string;
  details: Record<string, unknown>;
}

/** What the audit log says of these subjects, the oldest first. */
export async function auditOf(backends: TestBackends, ...subjects: string[]): Promise<AuditRow[]> {
  return rows<AuditRow>(
    backends,
    `select action, subject, actor_kind || ' ' || actor_id as actor, details from audit_entries
     where subject = any($1) order by at, id`,
    [subjects],
  );
}
