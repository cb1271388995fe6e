import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { ActorResolver } from './accounts/actor.resolver.js';
import { AgentResolver } from './accounts/agent.resolver.js';
import { AppKeyResolver } from './accounts/app-key.resolver.js';
import { AuditResolver } from './accounts/audit.resolver.js';
import { OrganizationResolver } from './accounts/organization.resolver.js';
import { ViewerResolver } from './accounts/viewer.resolver.js';
import { AssetChangesResolver } from './assets/asset-changes.resolver.js';
import { AssetListResolver } from './assets/asset-list.resolver.js';
import { AssetPlaceResolver } from './assets/asset-place.resolver.js';
import { AssetResolver } from './assets/asset.resolver.js';
import { AssetProcessingResolver, ProcessingResolver } from './assets/processing.resolver.js';
import { AssetSubscriptions } from './assets/asset.subscription.js';
import { FolderAssetsResolver, SpaceAssetsResolver } from './assets/folder-assets.resolver.js';
import { CapabilityResolver, OrganizationLimitsResolver } from './capabilities/capability.resolver.js';
import { ErasureResolver } from './erasure/erasure.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { AgentPromptsResolver } from './prompts/agent-prompts.resolver.js';
import { PromptResolver, UploadResultResolver } from './prompts/prompt.resolver.js';
import { PromptSubscriptions } from './prompts/prompt.subscription.js';
import { OrganizationStorageResolver, QuotaResolver } from './quotas/quota.resolver.js';
import { UsageByTypeResolver } from './quotas/usage-by-type.resolver.js';
import { MultipartResolver } from './uploads/multipart.resolver.js';
import { MemoryResolver } from './vault/memory.resolver.js';
import { FolderResolver } from './spaces/folder.resolver.js';
import { RoleResolver } from './spaces/role.resolver.js';
import { SpaceMemberResolver } from './spaces/space-member.resolver.js';
import { SpaceResolver } from './spaces/space.resolver.js';
import { UploadResolver } from './uploads/upload.resolver.js';

/** Every subscription names its own source, so nothing is ever published here. */
const noPubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('subscriptions name their own source');
  },
};

/** The whole schema. Rules live in the domains: nothing is validated, authorised or caught in between. */
export function makeSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      ActorResolver,
      AgentResolver,
      AppKeyResolver,
      AssetChangesResolver,
      AssetListResolver,
      AssetPlaceResolver,
      AssetResolver,
      AssetSubscriptions,
      AuditResolver,
      AssetProcessingResolver,
      ProcessingResolver,
      CapabilityResolver,
      MemoryResolver,
      FolderAssetsResolver,
      FolderResolver,
      ErasureResolver,
      NodeResolver,
      OrganizationResolver,
      OrganizationLimitsResolver,
      OrganizationStorageResolver,
      AgentPromptsResolver,
      UsageByTypeResolver,
      PromptResolver,
      PromptSubscriptions,
      MultipartResolver,
      RoleResolver,
      SpaceMemberResolver,
      SpaceAssetsResolver,
      QuotaResolver,
      SpaceResolver,
      UploadResolver,
      UploadResultResolver,
      ViewerResolver,
    ],
    validate: false,
    pubSub: noPubSub,
  });
}
