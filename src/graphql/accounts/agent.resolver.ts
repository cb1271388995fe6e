import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { requireViewer, type GraphqlContext } from '../context.js';
import { Agent } from './agent.type.js';

@Resolver(() => Agent)
export class AgentResolver {
  @Query(() => Agent, { nullable: true })
  async agent(@Ctx() context: GraphqlContext, @Arg('urn', () => ID) urn: string) {
    return (await context.services.agents.findAgent(requireViewer(context).orgId, urn)) ?? null;
  }

  @Mutation(() => Agent)
  registerAgent(
    @Ctx() context: GraphqlContext,
    @Arg('urn', () => ID) urn: string,
    @Arg('name', () => String) name: string,
  ) {
    return context.services.agents.registerAgent(requireViewer(context), { urn, name });
  }
}
