import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { Asset } from '../../domains/assets/asset.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetObjectType } from './asset.type.js';

@Resolver(() => AssetObjectType)
export class AssetChangesResolver {
  @Mutation(() => AssetObjectType, {
    description:
      'BAD_USER_INPUT when the extension does not go with the type that the file was verified to be.',
  })
  renameAsset(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('filename', () => String) filename: string,
  ): Promise<Asset> {
    return context.services.assetChanges.renameAsset(requireViewer(context), id, filename);
  }

  @Mutation(() => AssetObjectType)
  describeAsset(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('description', () => String, { nullable: true }) description?: string | null,
  ): Promise<Asset> {
    return context.services.assetChanges.describeAsset(requireViewer(context), id, description ?? null);
  }

  @Mutation(() => AssetObjectType, {
    description: 'Into a folder of the space that it is in; into its root without folderId.',
  })
  moveAsset(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('folderId', () => ID, { nullable: true }) folderId?: string | null,
  ): Promise<Asset> {
    return context.services.assetChanges.moveAsset(requireViewer(context), id, folderId ?? null);
  }
}
