import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { requireViewer, type GraphqlContext } from '../context.js';

const done = 'Its end is on record in the audit log, as completeErasure. For admins alone.';

@Resolver()
export class ErasureResolver {
  @Mutation(() => ID, {
    description: `Erases a person for good, with their memories, files and prompts; what they put into spaces stays, and does not say whose it was. ${done}`,
  })
  eraseUser(@Ctx() context: GraphqlContext, @Arg('userId', () => ID) userId: string): Promise<string> {
    return context.services.erasures.eraseUser(requireViewer(context), userId);
  }

  @Mutation(() => ID, {
    description: `Erases an agent for good, with its keys, its memories of everybody, its prompts, and what it put into spaces. ${done}`,
  })
  eraseAgent(@Ctx() context: GraphqlContext, @Arg('agentUrn', () => ID) agentUrn: string): Promise<string> {
    return context.services.erasures.eraseAgent(requireViewer(context), agentUrn);
  }

  @Mutation(() => ID, {
    description: `Erases one agent's memory of one person for good, with its files and prompts. ${done}`,
  })
  eraseMemory(@Ctx() context: GraphqlContext, @Arg('urn', () => ID) urn: string): Promise<string> {
    return context.services.erasures.eraseMemory(requireViewer(context), urn);
  }

  @Mutation(() => ID, {
    description: `Erases every file that an execution generated, for good, wherever it is. ${done}`,
  })
  eraseExecution(
    @Ctx() context: GraphqlContext,
    @Arg('executionId', () => ID) executionId: string,
  ): Promise<string> {
    return context.services.erasures.eraseExecution(requireViewer(context), executionId);
  }
}
