import { foreignKey, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { agents } from '../accounts/agent.table.js';

/** What one agent remembers of one person. Belongs to the person alone. */
export const memories = pgTable(
  'memories',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    agentUrn: text('agent_urn').notNull(),
    userId: text('user_id').notNull(),
    /** Of its newest data key; null while it is not encrypted. */
    keyVersion: integer('key_version'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.orgId, table.userId, table.agentUrn),
    index('memories_of_agent').on(table.orgId, table.agentUrn),
    foreignKey({ columns: [table.orgId, table.agentUrn], foreignColumns: [agents.orgId, agents.urn] }),
  ],
);
