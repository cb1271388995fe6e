import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { toMemoryUrn, type Memory } from '../../domains/memories/memory.js';
import { Agent } from '../accounts/agent.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { MemoryType } from './memory.type.js';

@Resolver(() => MemoryType)
export class MemoryResolver {
  @Query(() => MemoryType, {
    nullable: true,
    description: "The viewer's own; for an App, one of its agent. null for any other.",
  })
  async memory(@Ctx() context: GraphqlContext, @Arg('urn', () => ID) urn: string): Promise<Memory | null> {
    return (await context.services.vaults.find(requireViewer(context), urn)) ?? null;
  }

  @Query(() => [MemoryType], { description: "The person's own, one for each agent that has asked them." })
  memories(@Ctx() context: GraphqlContext): Promise<readonly Memory[]> {
    return context.services.vaults.listOwn(requireViewer(context));
  }

  @Mutation(() => MemoryType, {
    description: 'And unlocks it for this session. A memory that is encrypted already is unlocked.',
  })
  encryptMemory(
    @Ctx() context: GraphqlContext,
    @Arg('urn', () => ID) urn: string,
    @Arg('password', () => String) password: string,
  ): Promise<Memory> {
    return context.services.vaults.encryptMemory(requireViewer(context), urn, password, context);
  }

  @Mutation(() => MemoryType, {
    description: 'For this session, and for the agent for as long as this session uses it.',
  })
  unlockMemory(
    @Ctx() context: GraphqlContext,
    @Arg('urn', () => ID) urn: string,
    @Arg('password', () => String) password: string,
  ): Promise<Memory> {
    return context.services.vaults.unlockMemory(requireViewer(context), urn, password, context);
  }

  @Mutation(() => MemoryType, { description: 'For this session and the agent; other sessions go on.' })
  lockMemory(@Ctx() context: GraphqlContext, @Arg('urn', () => ID) urn: string): Promise<Memory> {
    return context.services.vaults.lockMemory(requireViewer(context), urn);
  }

  @Mutation(() => MemoryType, { description: 'Every other session is locked by it.' })
  changeMemoryPassword(
    @Ctx() context: GraphqlContext,
    @Arg('urn', () => ID) urn: string,
    @Arg('password', () => String) password: string,
    @Arg('newPassword', () => String) newPassword: string,
  ): Promise<Memory> {
    const passwords = { password, newPassword };
    return context.services.vaults.changeMemoryPassword(requireViewer(context), urn, passwords, context);
  }

  @FieldResolver(() => ID)
  urn(@Root() memory: Memory): string {
    return toMemoryUrn(memory.id);
  }

  @FieldResolver(() => Agent)
  agent(@Ctx() { loaders }: GraphqlContext, @Root() memory: Memory) {
    return loaders.agents.load(memory.agentUrn);
  }

  @FieldResolver(() => Boolean)
  encrypted(@Root() memory: Memory): boolean {
    return memory.keyVersion !== null;
  }

  @FieldResolver(() => Boolean, {
    description: "Whether the viewer's session holds the key now; always true when not encrypted.",
  })
  unlocked(@Ctx() { loaders }: GraphqlContext, @Root() memory: Memory): Promise<boolean> {
    return loaders.unlockedMemories.load(memory);
  }
}
