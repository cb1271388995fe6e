import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AppKey, CreatedAppKey } from './app-key.type.js';

@Resolver(() => AppKey)
export class AppKeyResolver {
  @Query(() => [AppKey])
  appKeys(
    @Ctx() context: GraphqlContext,
    @Arg('agentUrn', () => ID, { nullable: true }) agentUrn?: string | null,
  ) {
    return context.services.appKeys.listAppKeys(requireViewer(context), agentUrn ?? undefined);
  }

  @Mutation(() => CreatedAppKey)
  createAppKey(
    @Ctx() context: GraphqlContext,
    @Arg('agentUrn', () => ID) agentUrn: string,
    @Arg('name', () => String) name: string,
  ) {
    return context.services.appKeys.createAppKey(requireViewer(context), { agentUrn, name });
  }

  @Mutation(() => AppKey)
  revokeAppKey(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string) {
    return context.services.appKeys.revokeAppKey(requireViewer(context), id);
  }
}
