import { AppError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { Accounts } from '../domains/accounts/account.service.js';
import type { Agents } from '../domains/accounts/agent.service.js';
import type { AppKeys } from '../domains/accounts/app-key.service.js';
import type { Capabilities } from '../domains/capabilities/capability.service.js';
import type { Assets } from '../domains/assets/asset.service.js';
import type { AssetFeeds } from '../domains/assets/asset-feeds.js';
import type { Trash } from '../domains/assets/trash.service.js';
import type { Downloads } from '../domains/assets/download.service.js';
import type { Processing } from '../domains/processing/processing.service.js';
import type { Prompts } from '../domains/prompts/prompt.service.js';
import type { CompleteUpload } from '../domains/uploads/complete-upload.js';
import type { Uploads } from '../domains/uploads/upload.service.js';
import type { Loaders } from './loaders.js';

/** The services that resolvers call; each resolver makes one call. */
export interface GraphqlServices {
  readonly accounts: Accounts;
  readonly agents: Agents;
  readonly appKeys: AppKeys;
  readonly capabilities: Capabilities;
  readonly assets: Assets;
  readonly trash: Trash;
  readonly assetFeeds: AssetFeeds;
  readonly downloads: Downloads;
  readonly processing: Processing;
  readonly uploads: Uploads;
  readonly completeUpload: CompleteUpload;
  readonly prompts: Prompts;
}

/** What every resolver of one operation gets. */
export interface GraphqlContext {
  /** null: nobody has signed in. */
  readonly viewer: Viewer | null;
  /** Aborted when the caller is gone: whoever waits stops waiting. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly services: GraphqlServices;
  /** Of this operation alone: what they remember was allowed to this viewer. */
  readonly loaders: Loaders;
}

/** Throws UNAUTHENTICATED when nobody has signed in. */
export function requireViewer(context: GraphqlContext): Viewer {
  if (context.viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.');
  return context.viewer;
}
