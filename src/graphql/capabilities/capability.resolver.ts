import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { Agent as RegisteredAgent } from '../../domains/accounts/agent.js';
import { Agent } from '../accounts/agent.type.js';
import { Organization } from '../accounts/organization.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { UploadPolicy, UploadPolicyInput } from './upload-policy.type.js';

@Resolver(() => Agent)
export class CapabilityResolver {
  @FieldResolver(() => Boolean, {
    description:
      'Opt-in, off by default: the key asset:upload on the agentTools of the App that shares this URN.',
  })
  async assetUploadEnabled(@Ctx() { loaders }: GraphqlContext, @Root() { urn }: RegisteredAgent) {
    return (await loaders.agentPolicies.load(urn)).assetUploadEnabled;
  }

  @FieldResolver(() => [String])
  async agentTools(@Ctx() { loaders }: GraphqlContext, @Root() { urn }: RegisteredAgent) {
    return (await loaders.agentPolicies.load(urn)).agentTools;
  }

  @FieldResolver(() => UploadPolicy)
  async uploadPolicy(@Ctx() { loaders }: GraphqlContext, @Root() { urn }: RegisteredAgent) {
    return (await loaders.agentPolicies.load(urn)).uploadPolicy;
  }

  @Mutation(() => Agent)
  setAgentAssetUploadEnabled(
    @Ctx() context: GraphqlContext,
    @Arg('agentUrn', () => ID) agentUrn: string,
    @Arg('enabled', () => Boolean) enabled: boolean,
  ) {
    return context.services.capabilities.setAgentAssetUploadEnabled(
      requireViewer(context),
      agentUrn,
      enabled,
    );
  }

  @Mutation(() => Agent)
  setAgentUploadPolicy(
    @Ctx() context: GraphqlContext,
    @Arg('agentUrn', () => ID) agentUrn: string,
    @Arg('policy', () => UploadPolicyInput) policy: UploadPolicyInput,
  ) {
    return context.services.capabilities.setAgentUploadPolicy(requireViewer(context), agentUrn, policy);
  }
}

@Resolver(() => Organization)
export class OrganizationLimitsResolver {
  @FieldResolver(() => UploadPolicy, {
    description: "The service's own limits: the policy of no agent is wider.",
  })
  uploadLimits(@Ctx() { services }: GraphqlContext) {
    return services.capabilities.getServiceLimits();
  }
}
