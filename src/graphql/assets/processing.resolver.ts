import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Asset } from '../../domains/assets/asset.js';
import type { AssetProcessing } from '../../domains/processing/processing.js';
import type { GraphqlContext } from '../context.js';
import { AssetObjectType } from './asset.type.js';
import { AssetProcessingType } from './processing.type.js';

/** What its fields are made of; the text is loaded for those who ask for it. */
interface ProcessingOf extends AssetProcessing {
  readonly asset: Asset;
}

@Resolver(() => AssetObjectType)
export class AssetProcessingResolver {
  @FieldResolver(() => AssetProcessingType)
  async processing(@Ctx() { loaders }: GraphqlContext, @Root() asset: Asset): Promise<ProcessingOf> {
    return { ...(await loaders.processing.load(asset)), asset };
  }
}

@Resolver(() => AssetProcessingType)
export class ProcessingResolver {
  @FieldResolver(() => String, { nullable: true, description: 'Extracted from documents.' })
  text(@Ctx() { loaders }: GraphqlContext, @Root() { asset }: ProcessingOf): Promise<string | null> {
    return loaders.texts.load(asset);
  }

  @FieldResolver(() => Boolean)
  hasThumbnail(@Root() { thumbnailKey }: ProcessingOf): boolean {
    return thumbnailKey !== null;
  }
}
