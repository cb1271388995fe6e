import { foreignKey, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { agents } from './agent.table.js';

export const appKeys = pgTable(
  'app_keys',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    agentUrn: text('agent_urn').notNull(),
    name: text('name').notNull(),
    /** SHA-256 of the secret, hex. The secret itself is kept nowhere. */
    secretHash: text('secret_hash').notNull().unique(),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    foreignKey({ columns: [table.orgId, table.agentUrn], foreignColumns: [agents.orgId, agents.urn] }),
    index('app_keys_of_agent').on(table.orgId, table.agentUrn, table.createdAt, table.id),
  ],
);
