import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ActorRef } from '../../core/viewer.js';
import type { GraphqlContext } from '../context.js';
import { Actor } from './actor.type.js';

@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => String, { nullable: true })
  name(@Ctx() { loaders }: GraphqlContext, @Root() actor: ActorRef): Promise<string | null> {
    return loaders.actorNames.load(actor);
  }
}
