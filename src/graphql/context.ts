import { AppError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { Accounts } from '../domains/accounts/account.service.js';
import type { Agents } from '../domains/accounts/agent.service.js';
import type { AppKeys } from '../domains/accounts/app-key.service.js';
import type { AuditLog } from '../domains/accounts/audit-log.service.js';
import type { People } from '../domains/accounts/people.service.js';
import type { Capabilities } from '../domains/capabilities/capability.service.js';
import type { Assets } from '../domains/assets/asset.service.js';
import type { AssetChanges } from '../domains/assets/asset-changes.service.js';
import type { AssetLists } from '../domains/assets/asset-list.service.js';
import type { AssetFeeds } from '../domains/assets/asset-feeds.js';
import type { TrashLists } from '../domains/assets/trash-list.service.js';
import type { UsageByType } from '../domains/assets/usage-by-type.service.js';
import type { Trash } from '../domains/assets/trash.service.js';
import type { Downloads } from '../domains/assets/download.service.js';
import type { Folders } from '../domains/spaces/folder.service.js';
import type { Roles } from '../domains/spaces/role.service.js';
import type { SpaceMembers } from '../domains/spaces/space-member.service.js';
import type { Spaces } from '../domains/spaces/space.service.js';
import type { MemoryLists } from '../domains/assets/memory-list.service.js';
import type { Processing } from '../domains/processing/processing.service.js';
import type { Prompts } from '../domains/prompts/prompt.service.js';
import type { BeginUpload } from '../domains/uploads/begin-upload.js';
import type { Erasures } from '../domains/erasure/erasure.service.js';
import type { Quotas } from '../domains/quotas/quota.service.js';
import type { CompleteUpload } from '../domains/uploads/complete-upload.js';
import type { Uploads } from '../domains/uploads/upload.service.js';
import type { Vaults } from '../domains/vault/vault.service.js';
import type { Loaders } from './loaders.js';

/** The services that resolvers call; each resolver makes one call. */
export interface GraphqlServices {
  readonly accounts: Accounts;
  readonly agents: Agents;
  readonly appKeys: AppKeys;
  readonly spaces: Spaces;
  readonly spaceMembers: SpaceMembers;
  readonly roles: Roles;
  readonly folders: Folders;
  readonly people: People;
  readonly auditLog: AuditLog;
  readonly capabilities: Capabilities;
  readonly vaults: Vaults;
  readonly quotas: Quotas;
  readonly usageByType: UsageByType;
  readonly assets: Assets;
  readonly assetLists: AssetLists;
  readonly memoryLists: MemoryLists;
  readonly assetChanges: AssetChanges;
  readonly trash: Trash;
  readonly trashLists: TrashLists;
  readonly assetFeeds: AssetFeeds;
  readonly downloads: Downloads;
  readonly processing: Processing;
  readonly uploads: Uploads;
  readonly beginUpload: BeginUpload;
  readonly completeUpload: CompleteUpload;
  readonly prompts: Prompts;
  readonly erasures: Erasures;
}

/** What every resolver of one operation gets. */
export interface GraphqlContext {
  /** null: nobody has signed in. */
  readonly viewer: Viewer | null;
  /** Where the caller's requests come from, as far as can be told. */
  readonly address: string;
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
