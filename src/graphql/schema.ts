import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { ActorResolver } from './accounts/actor.resolver.js';
import { AgentResolver } from './accounts/agent.resolver.js';
import { AppKeyResolver } from './accounts/app-key.resolver.js';
import { OrganizationResolver } from './accounts/organization.resolver.js';
import { ViewerResolver } from './accounts/viewer.resolver.js';
import { AssetResolver } from './assets/asset.resolver.js';
import { AssetProcessingResolver, ProcessingResolver } from './assets/processing.resolver.js';
import { AssetSubscriptions } from './assets/asset.subscription.js';
import { CapabilityResolver } from './capabilities/capability.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { PromptResolver, UploadResultResolver } from './prompts/prompt.resolver.js';
import { PromptSubscriptions } from './prompts/prompt.subscription.js';
import { MultipartResolver } from './uploads/multipart.resolver.js';
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
      AssetResolver,
      AssetSubscriptions,
      AssetProcessingResolver,
      ProcessingResolver,
      CapabilityResolver,
      NodeResolver,
      OrganizationResolver,
      PromptResolver,
      PromptSubscriptions,
      MultipartResolver,
      UploadResolver,
      UploadResultResolver,
      ViewerResolver,
    ],
    validate: false,
    pubSub: noPubSub,
  });
}
