import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { PlacedFolder } from '../../domains/spaces/folder-paths.js';
import type { GraphqlContext } from '../context.js';
import { FolderType } from './folder.type.js';

@Resolver(() => FolderType)
export class FolderResolver {
  @FieldResolver(() => String)
  path(@Ctx() { loaders }: GraphqlContext, @Root() { id }: PlacedFolder): Promise<string> {
    return loaders.folderPaths.load(id);
  }
}
