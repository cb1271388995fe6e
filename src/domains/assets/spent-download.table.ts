import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';

/** The ids of download URLs that were used, kept until the URL would have ended anyway. No URL is kept. */
export const spentDownloads = pgTable(
  'spent_downloads',
  { id: text('id').primaryKey(), expiresAt: instant('expires_at').notNull() },
  (table) => [index('spent_downloads_by_expiry').on(table.expiresAt)],
);
