import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { OrgRole, Viewer as SignedInViewer } from '../../core/viewer.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { OrgRoleEnum } from '../enums.js';
import { Agent } from './agent.type.js';
import { Organization } from './organization.type.js';
import { Viewer } from './viewer.type.js';

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer)
  viewer(@Ctx() context: GraphqlContext): SignedInViewer {
    return requireViewer(context);
  }

  @FieldResolver(() => OrgRoleEnum, { nullable: true })
  orgRole(@Root() viewer: SignedInViewer): OrgRole | null {
    return viewer.kind === 'APP' ? null : viewer.orgRole;
  }

  @FieldResolver(() => Organization)
  organization(@Ctx() { services }: GraphqlContext, @Root() viewer: SignedInViewer) {
    return services.accounts.getOrganization(viewer.orgId);
  }

  @FieldResolver(() => Agent, {
    nullable: true,
    description: 'The agent whose caller-identity App this is; null for people and service accounts.',
  })
  agent(@Ctx() { loaders }: GraphqlContext, @Root() viewer: SignedInViewer) {
    return viewer.kind === 'APP' ? loaders.agents.load(viewer.agentUrn) : null;
  }
}
