import { boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { memories } from '../memories/memory.table.js';

/** How the keys of each encrypted memory come from its password; gone with it. */
export const vaults = pgTable('vaults', {
  memoryId: text('memory_id')
    .primaryKey()
    .references(() => memories.id, { onDelete: 'cascade' }),
  orgId: text('org_id').notNull(),
  /** New with every password: what was unlocked by another one before is locked. */
  wrapId: text('wrap_id').notNull(),
  salt: text('salt').notNull(),
  memoryKib: integer('memory_kib').notNull(),
  passes: integer('passes').notNull(),
  lanes: integer('lanes').notNull(),
  /** Gets a new data key when it is unlocked next, which takes the password. */
  isRotationDue: boolean('is_rotation_due').notNull().default(false),
  createdAt: instant('created_at').notNull().defaultNow(),
});

/** Its data keys, each wrapped by the key that the password derives to: one, and two while it gets a new one. */
export const vaultKeys = pgTable(
  'vault_keys',
  {
    memoryId: text('memory_id')
      .notNull()
      .references(() => vaults.memoryId, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    wrappedKey: text('wrapped_key').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.memoryId, table.version] })],
);

/** How often somebody has tried a password, until `resetsAt`. */
export const unlockAttempts = pgTable(
  'unlock_attempts',
  {
    /** Who: a person, an address or an organization. */
    subject: text('subject').primaryKey(),
    count: integer('count').notNull(),
    resetsAt: instant('resets_at').notNull(),
  },
  (table) => [index('unlock_attempts_by_reset').on(table.resetsAt)],
);
