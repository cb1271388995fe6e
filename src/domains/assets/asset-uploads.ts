import type { Tx } from '../../core/db.js';
import type { Asset } from './asset.js';

/** What is known of how an asset's bytes came, which goes with the asset. */
export interface AssetUploads {
  /** Deletes what storage may still have of the bytes that it had before. Idempotent. */
  deleteReplaced(asset: Asset): Promise<void>;
  /** Ends what is on its way to replace them, and removes every row. The asset is being purged; nobody holds its row. */
  forget(tx: Tx, assetId: string): Promise<void>;
}
