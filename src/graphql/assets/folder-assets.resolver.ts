import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { pageArgs } from '../../core/pagination.js';
import type { AssetOrder } from '../../domains/assets/asset-filter.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetOrderEnum } from '../enums.js';
import { FolderType } from '../spaces/folder.type.js';
import { SpaceType } from '../spaces/space.type.js';
import { AssetConnection } from './asset.type.js';

@Resolver(() => FolderType)
export class FolderAssetsResolver {
  @FieldResolver(() => AssetConnection, {
    description: 'Directly in it, newest first unless asked otherwise.',
  })
  assets(
    @Ctx() context: GraphqlContext,
    @Root() { id }: { id: string },
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
    @Arg('orderBy', () => AssetOrderEnum, { nullable: true }) orderBy?: AssetOrder | null,
  ) {
    const { assetLists } = context.services;
    return assetLists.listOfFolder(requireViewer(context), id, orderBy ?? 'NEWEST', pageArgs(first, after));
  }
}

@Resolver(() => SpaceType)
export class SpaceAssetsResolver {
  @FieldResolver(() => AssetConnection, { description: 'In its root, newest first unless asked otherwise.' })
  assets(
    @Ctx() context: GraphqlContext,
    @Root() { id }: { id: string },
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
    @Arg('orderBy', () => AssetOrderEnum, { nullable: true }) orderBy?: AssetOrder | null,
  ) {
    const { assetLists } = context.services;
    return assetLists.listOfRoot(requireViewer(context), id, orderBy ?? 'NEWEST', pageArgs(first, after));
  }
}
