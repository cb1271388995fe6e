import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Asset } from '../../domains/assets/asset.js';
import type { SpaceOfViewer } from '../../domains/spaces/space-access.js';
import type { PresignedRequest } from '../../domains/storage/object-store.js';
import { isInParts } from '../../domains/uploads/part-plan.js';
import { assetIdOf, type Upload } from '../../domains/uploads/upload.js';
import { AssetObjectType } from '../assets/asset.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { MultipartPlan } from './multipart.resolver.js';
import { SpaceType } from '../spaces/space.type.js';
import { BeginUploadInputType, CompletedPartInput } from './upload.input.js';
import { MultipartPlanType, PresignedPartType, PresignedRequestType, UploadType } from './upload.type.js';

@Resolver(() => UploadType)
export class UploadResolver {
  @Query(() => UploadType, { nullable: true })
  async upload(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string): Promise<Upload | null> {
    return (await context.services.uploads.find(requireViewer(context), id)) ?? null;
  }

  @Mutation(() => UploadType, { description: 'A file for a space, from whoever may add files there.' })
  async beginUpload(
    @Ctx() context: GraphqlContext,
    @Arg('input', () => BeginUploadInputType) input: BeginUploadInputType,
  ): Promise<Upload> {
    const { upload } = await context.services.beginUpload(requireViewer(context), input);
    return upload;
  }

  @Mutation(() => [PresignedPartType])
  async presignUploadParts(
    @Ctx() context: GraphqlContext,
    @Arg('uploadId', () => ID) uploadId: string,
    @Arg('partNumbers', () => [Int]) partNumbers: number[],
  ): Promise<PresignedPartType[]> {
    const { multipart } = context.services.uploads;
    const parts = await multipart.presignUploadParts(requireViewer(context), uploadId, partNumbers);
    return parts.map(({ partNumber, request }) => ({ partNumber, request: toRequestType(request) }));
  }

  @Mutation(() => AssetObjectType, {
    description: 'Verifies what landed and makes it an asset; a prompt for one file is resolved by it.',
  })
  completeUpload(
    @Ctx() context: GraphqlContext,
    @Arg('uploadId', () => ID) uploadId: string,
    @Arg('parts', () => [CompletedPartInput], { nullable: true }) parts: CompletedPartInput[] | null,
  ): Promise<Asset> {
    return context.services.completeUpload(requireViewer(context), uploadId, parts ?? []);
  }

  @Mutation(() => UploadType)
  abortUpload(@Ctx() context: GraphqlContext, @Arg('uploadId', () => ID) uploadId: string): Promise<Upload> {
    return context.services.uploads.abort(requireViewer(context), uploadId);
  }

  @FieldResolver(() => PresignedRequestType, {
    nullable: true,
    description:
      'The one request that puts the bytes, for whoever may send them: a prompt in the session that holds it. null for a multipart upload.',
  })
  async request(
    @Ctx() context: GraphqlContext,
    @Root() upload: Upload,
  ): Promise<PresignedRequestType | null> {
    const request = await context.services.uploads.presign(requireViewer(context), upload);
    return request && toRequestType(request);
  }

  @FieldResolver(() => MultipartPlanType, {
    nullable: true,
    description: 'null for a single-request upload.',
  })
  multipart(@Root() upload: Upload): MultipartPlan | null {
    return isInParts(upload) ? new MultipartPlan(upload) : null;
  }

  @FieldResolver(() => SpaceType, {
    nullable: true,
    description:
      'Where it goes; null of one for a prompt, and where the viewer may not see the space any more.',
  })
  space(
    @Ctx() { loaders }: GraphqlContext,
    @Root() { spaceId }: Upload,
  ): Promise<SpaceOfViewer | null> | null {
    return spaceId === null ? null : loaders.spaces.load(spaceId);
  }

  @FieldResolver(() => AssetObjectType, { nullable: true })
  asset(@Ctx() { loaders }: GraphqlContext, @Root() upload: Upload): Promise<Asset | null> | null {
    const assetId = assetIdOf(upload);
    return assetId === null ? null : loaders.assets.load(assetId);
  }
}

function toRequestType(request: PresignedRequest): PresignedRequestType {
  const headers = Object.entries(request.headers).map(([name, value]) => ({ name, value }));
  return { ...request, headers };
}
