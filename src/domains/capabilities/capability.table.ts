import { foreignKey, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { byteCount } from '../../core/columns.table.js';
import { agents } from '../accounts/agent.table.js';

/** What an agent's App may do, and how an admin narrowed it. A null limit is the service's own. */
export const capabilities = pgTable(
  'capabilities',
  {
    orgId: text('org_id').notNull(),
    agentUrn: text('agent_urn').notNull(),
    agentTools: text('agent_tools').array().notNull().default([]),
    maxSizeBytes: byteCount('max_size_bytes'),
    allowedMimeTypes: text('allowed_mime_types').array(),
    promptTimeoutSeconds: integer('prompt_timeout_seconds'),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.agentUrn] }),
    foreignKey({ columns: [table.orgId, table.agentUrn], foreignColumns: [agents.orgId, agents.urn] }),
  ],
);
