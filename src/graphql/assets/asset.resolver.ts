import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { AssetOrder } from '../../domains/assets/asset-filter.js';
import { uploadedAtOf, type Asset, type AssetType } from '../../domains/assets/asset.js';
import type { AssetVariant, Disposition } from '../../domains/assets/download.service.js';
import { toAssetUrn } from '../../domains/assets/asset-urn.js';
import { toMemoryUrn } from '../../domains/memories/memory.js';
import type { ActorRef } from '../../core/viewer.js';
import { pageArgs } from '../../core/pagination.js';
import { Actor } from '../accounts/actor.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetOrderEnum, AssetTypeEnum, AssetVariantEnum, ContentDispositionEnum } from '../enums.js';
import { DateTimeISO } from '../scalars.js';
import { AssetConnection, AssetObjectType, DownloadUrlType } from './asset.type.js';

@Resolver(() => AssetObjectType)
export class AssetResolver {
  @Query(() => AssetConnection, {
    description:
      "A user's per-agent memory, newest first unless asked otherwise. An App lists one user's (userId is required); a person lists their own. Where agentUrn names an encrypted memory, search and the order NAME are refused (BAD_USER_INPUT); among all memories, nothing encrypted is found by words, and by name it comes last.",
  })
  agentAssets(
    @Ctx() context: GraphqlContext,
    @Arg('agentUrn', () => ID, { nullable: true }) agentUrn?: string,
    @Arg('userId', () => ID, { nullable: true }) userId?: string,
    @Arg('mimeType', () => String, { nullable: true }) mimeType?: string,
    @Arg('type', () => AssetTypeEnum, { nullable: true }) type?: AssetType,
    @Arg('search', () => String, { nullable: true, description: 'As in AssetFilter.' }) search?: string,
    @Arg('includeDeleted', () => Boolean, { nullable: true, defaultValue: false }) includeDeleted?: boolean,
    @Arg('orderBy', () => AssetOrderEnum, { nullable: true, defaultValue: 'NEWEST' }) orderBy?: AssetOrder,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    const query = {
      agentUrn: agentUrn ?? undefined,
      userId: userId ?? undefined,
      mimeType,
      type,
      search,
      includeDeleted,
      orderBy: orderBy ?? 'NEWEST',
    };
    const { memoryLists } = context.services;
    return memoryLists.listAgentAssets(requireViewer(context), query, pageArgs(first, after));
  }

  @Query(() => AssetObjectType, { nullable: true })
  async asset(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID, { nullable: true }) id?: string,
    @Arg('urn', () => ID, { nullable: true }) urn?: string,
  ): Promise<Asset | null> {
    const by = { id: id ?? undefined, urn: urn ?? undefined };
    return (await context.services.assets.find(requireViewer(context), by)) ?? null;
  }

  @Mutation(() => DownloadUrlType)
  createDownloadUrl(
    @Ctx() context: GraphqlContext,
    @Arg('assetId', () => ID) assetId: string,
    @Arg('ttlSeconds', () => Int, { nullable: true, defaultValue: 300 }) ttlSeconds: number | null,
    @Arg('disposition', () => ContentDispositionEnum, { nullable: true, defaultValue: 'ATTACHMENT' })
    disposition: Disposition | null,
    @Arg('variant', () => AssetVariantEnum, { nullable: true, defaultValue: 'ORIGINAL' })
    variant: AssetVariant | null,
  ) {
    return context.services.downloads.createDownloadUrl(requireViewer(context), {
      assetId,
      ttlSeconds: ttlSeconds ?? 300,
      disposition: disposition ?? 'ATTACHMENT',
      variant: variant ?? 'ORIGINAL',
    });
  }

  @Mutation(() => [AssetObjectType], {
    description: 'Into the trash, all of them or none: restoreAsset takes them back until restorableUntil.',
  })
  deleteAssets(
    @Ctx() context: GraphqlContext,
    @Arg('ids', () => [ID]) ids: string[],
  ): Promise<readonly Asset[]> {
    return context.services.trash.deleteAssets(requireViewer(context), ids);
  }

  @Mutation(() => AssetObjectType)
  restoreAsset(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string): Promise<Asset> {
    return context.services.trash.restoreAsset(requireViewer(context), id);
  }

  @Mutation(() => ID, { description: 'Now and for good: bytes and row.' })
  purgeAsset(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string): Promise<string> {
    return context.services.trash.purgeAsset(requireViewer(context), id);
  }

  @FieldResolver(() => ID, {
    description: '<memory-urn>:assets:<asset-id>, or <space-urn>:assets:<asset-id>.',
  })
  urn(@Root() asset: Asset): string {
    return toAssetUrn(asset);
  }

  @FieldResolver(() => ID, { nullable: true })
  memoryUrn(@Root() asset: Asset): string | null {
    return asset.memoryId === null ? null : toMemoryUrn(asset.memoryId);
  }

  @FieldResolver(() => DateTimeISO, { description: 'The bytes that it has now, unlike createdAt.' })
  uploadedAt(@Root() asset: Asset): Date {
    return uploadedAtOf(asset);
  }

  @FieldResolver(() => Actor, {
    description: 'Whose bytes it has: of the last one who replaced them, if any did.',
  })
  uploadedBy(@Root() asset: Asset): ActorRef {
    return asset.uploadedBy;
  }
}
