import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Asset } from '../../domains/assets/asset.js';
import type { Upload } from '../../domains/uploads/upload.js';
import { AssetObjectType } from '../assets/asset.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { PresignedRequestType, UploadType } from './upload.type.js';

@Resolver(() => UploadType)
export class UploadResolver {
  @Query(() => UploadType, { nullable: true })
  async upload(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string): Promise<Upload | null> {
    return (await context.services.uploads.find(requireViewer(context), id)) ?? null;
  }

  @Mutation(() => AssetObjectType, {
    description: 'Verifies what landed and makes it an asset; a prompt for one file is resolved by it.',
  })
  completeUpload(
    @Ctx() context: GraphqlContext,
    @Arg('uploadId', () => ID) uploadId: string,
  ): Promise<Asset> {
    return context.services.completeUpload(requireViewer(context), uploadId);
  }

  @Mutation(() => UploadType)
  abortUpload(@Ctx() context: GraphqlContext, @Arg('uploadId', () => ID) uploadId: string): Promise<Upload> {
    return context.services.uploads.abort(requireViewer(context), uploadId);
  }

  @FieldResolver(() => PresignedRequestType, {
    nullable: true,
    description: 'The one request that puts the bytes.',
  })
  async request(
    @Ctx() { services }: GraphqlContext,
    @Root() upload: Upload,
  ): Promise<PresignedRequestType | null> {
    const request = await services.uploads.presign(upload);
    if (request === null) return null;
    const headers = Object.entries(request.headers).map(([name, value]) => ({ name, value }));
    return { ...request, headers };
  }

  @FieldResolver(() => AssetObjectType, { nullable: true })
  asset(@Ctx() { loaders }: GraphqlContext, @Root() upload: Upload): Promise<Asset | null> | null {
    if (upload.status !== 'COMPLETED' || upload.assetId === null) return null;
    return loaders.assets.load(upload.assetId);
  }
}
