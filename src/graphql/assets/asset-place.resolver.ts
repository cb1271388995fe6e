import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Asset } from '../../domains/assets/asset.js';
import type { Folder } from '../../domains/spaces/folder.js';
import type { SpaceOfViewer } from '../../domains/spaces/space-access.js';
import type { GraphqlContext } from '../context.js';
import { FolderType } from '../spaces/folder.type.js';
import { SpaceType } from '../spaces/space.type.js';
import { AssetObjectType } from './asset.type.js';

/** Where an asset is; whoever may see it may see that. */
@Resolver(() => AssetObjectType)
export class AssetPlaceResolver {
  @FieldResolver(() => SpaceType, { nullable: true })
  space(
    @Ctx() { loaders }: GraphqlContext,
    @Root() { spaceId }: Asset,
  ): Promise<SpaceOfViewer | null> | null {
    return spaceId === null ? null : loaders.spaces.load(spaceId);
  }

  @FieldResolver(() => FolderType, { nullable: true })
  folder(@Ctx() { loaders }: GraphqlContext, @Root() { folderId }: Asset): Promise<Folder | null> | null {
    return folderId === null ? null : loaders.folders.load(folderId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Within its space, such as /documents/contracts/contract-2024-001.pdf; null in a memory.',
  })
  async path(
    @Ctx() { loaders }: GraphqlContext,
    @Root() { spaceId, folderId, filename }: Asset,
  ): Promise<string | null> {
    if (spaceId === null) return null;
    // A folder that was deleted a moment ago has left its files in the root.
    const path = folderId === null ? null : await loaders.folderPaths.load(folderId);
    return `${path ?? ''}/${filename}`;
  }
}
