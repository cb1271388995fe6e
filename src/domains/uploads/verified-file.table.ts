import { pgTable, text } from 'drizzle-orm/pg-core';
import { byteOrderedText, instant } from '../../core/columns.table.js';
import { assetType } from '../assets/asset.table.js';
import { uploads } from './upload.table.js';

/** Files that wait for their prompt to be submitted, or for a scan to replace an asset's. Apart from the assets, so that no read of those can find them. */
export const verifiedFiles = pgTable('verified_files', {
  uploadId: text('upload_id')
    .primaryKey()
    .references(() => uploads.id),
  /** Only its stem, where the whole key is to be sealed. */
  storageKey: byteOrderedText('storage_key').notNull().unique(),
  etag: text('etag').notNull(),
  mimeType: text('mime_type').notNull(),
  type: assetType('type').notNull(),
  verifiedAt: instant('verified_at').notNull().defaultNow(),
});
