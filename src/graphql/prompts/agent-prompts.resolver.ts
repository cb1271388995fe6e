import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Agent as RegisteredAgent } from '../../domains/accounts/agent.js';
import { Agent } from '../accounts/agent.type.js';
import type { GraphqlContext } from '../context.js';

@Resolver(() => Agent)
export class AgentPromptsResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many of its upload prompts wait for an answer now. For admins alone.',
  })
  openPromptCount(@Ctx() { loaders }: GraphqlContext, @Root() { urn }: RegisteredAgent): Promise<number> {
    return loaders.openPromptCounts.load(urn);
  }
}
