import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { pageArgs } from '../../core/pagination.js';
import type { Organization as KnownOrganization } from '../../domains/accounts/account.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { SpaceType } from '../spaces/space.type.js';
import { AgentConnection } from './agent.type.js';
import { Organization } from './organization.type.js';
import { PersonConnection } from './person.type.js';

@Resolver(() => Organization)
export class OrganizationResolver {
  @FieldResolver(() => String)
  name(@Root() organization: KnownOrganization): string {
    return organization.externalId;
  }

  @FieldResolver(() => [SpaceType], { description: 'Those in which the viewer may do anything, by name.' })
  spaces(@Ctx() context: GraphqlContext) {
    return context.services.spaces.list(requireViewer(context));
  }

  @FieldResolver(() => AgentConnection)
  agents(
    @Ctx() context: GraphqlContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    // Whoever gets to see an organization is a member of it: there is no way to another.
    return context.services.agents.listAgents(requireViewer(context), pageArgs(first, after));
  }

  @FieldResolver(() => PersonConnection, {
    nullable: true,
    description:
      'By name; with search, those whose name or id has all of its words somewhere, in any case. For admins alone.',
  })
  people(
    @Ctx() context: GraphqlContext,
    @Arg('search', () => String, { nullable: true }) search?: string | null,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    const page = pageArgs(first, after);
    return context.services.people.listPeople(requireViewer(context), search ?? undefined, page);
  }
}
