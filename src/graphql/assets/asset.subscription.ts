import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Asset, AssetEvent } from '../../domains/assets/asset.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetEventType, AssetObjectType } from './asset.type.js';

@Resolver(() => AssetEventType)
export class AssetSubscriptions {
  @Subscription(() => AssetEventType, {
    subscribe: ({ context, args }: { context: GraphqlContext; args: Record<string, unknown> }) =>
      context.services.assetFeeds.followAssets(requireViewer(context), {
        memoryUrn: textOf(args['memoryUrn']),
        spaceId: textOf(args['spaceId']),
      }),
    description:
      'What happens to the assets of one memory or space from now on. Give exactly one of the two.',
  })
  assetEvents(
    @Root() event: AssetEvent,
    @Arg('spaceId', () => ID, { nullable: true }) _spaceId?: string,
    @Arg('memoryUrn', () => ID, { nullable: true }) _memoryUrn?: string,
  ): AssetEvent {
    return event;
  }

  @FieldResolver(() => AssetObjectType, { nullable: true })
  asset(@Ctx() { loaders }: GraphqlContext, @Root() event: AssetEvent): Promise<Asset | null> {
    return loaders.assets.load(event.assetId);
  }
}

/** The schema lets nothing through but text, null and nothing. */
function textOf(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : undefined;
}
