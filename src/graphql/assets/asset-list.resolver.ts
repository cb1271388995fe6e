import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { pageArgs } from '../../core/pagination.js';
import type { AssetOrder } from '../../domains/assets/asset-filter.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetOrderEnum } from '../enums.js';
import { AssetFilter } from './asset-filter.input.js';
import { AssetConnection } from './asset.type.js';

@Resolver()
export class AssetListResolver {
  @Query(() => AssetConnection, { description: 'Assets of the spaces that the viewer may read.' })
  assets(
    @Ctx() context: GraphqlContext,
    @Arg('filter', () => AssetFilter, { nullable: true }) filter?: AssetFilter | null,
    @Arg('orderBy', () => AssetOrderEnum, { nullable: true, defaultValue: 'NEWEST' })
    orderBy?: AssetOrder | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    const { assetLists } = context.services;
    const page = pageArgs(first, after);
    return assetLists.listAssets(requireViewer(context), filter ?? {}, orderBy ?? 'NEWEST', page);
  }

  @Query(() => AssetConnection, {
    description:
      'What is in the trash: of the spaces in which the viewer may delete and, for a person, of their own memories; the last deleted first.',
  })
  trash(
    @Ctx() context: GraphqlContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    return context.services.trashLists.listTrash(requireViewer(context), pageArgs(first, after));
  }
}
