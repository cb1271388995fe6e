import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { uploadPrompts } from './prompt.table.js';

/** The answer of an UPLOADED prompt, in its order. No key to the assets: those may be purged, the answer was given. */
export const promptAssets = pgTable(
  'prompt_assets',
  {
    promptId: text('prompt_id')
      .notNull()
      .references(() => uploadPrompts.id),
    position: integer('position').notNull(),
    assetId: text('asset_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.promptId, table.position] })],
);
