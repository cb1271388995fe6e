import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Folder } from '../../domains/spaces/folder.js';
import { permissions, type Permission } from '../../domains/spaces/role.js';
import type { SpaceOfViewer } from '../../domains/spaces/space-access.js';
import type { NamedMember } from '../../domains/spaces/space-member.js';
import { toSpaceUrn } from '../../domains/spaces/space.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { PermissionEnum } from '../enums.js';
import { FolderType } from './folder.type.js';
import { SpaceMemberType } from './space-member.type.js';
import { SpaceType } from './space.type.js';

@Resolver(() => SpaceType)
export class SpaceResolver {
  @Query(() => SpaceType, { nullable: true })
  async space(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
  ): Promise<SpaceOfViewer | null> {
    return (await context.services.spaces.find(requireViewer(context), id)) ?? null;
  }

  @Mutation(() => SpaceType)
  createSpace(
    @Ctx() context: GraphqlContext,
    @Arg('name', () => String) name: string,
  ): Promise<SpaceOfViewer> {
    return context.services.spaces.createSpace(requireViewer(context), { name });
  }

  @FieldResolver(() => ID)
  urn(@Root() space: SpaceOfViewer): string {
    return toSpaceUrn(space.id);
  }

  @FieldResolver(() => [PermissionEnum])
  viewerPermissions(@Root() space: SpaceOfViewer): Permission[] {
    return permissions.filter((permission) => space.permissions.has(permission));
  }

  @FieldResolver(() => [SpaceMemberType], {
    description:
      'Whom the space itself gives a role, by name; everybody else has the one of the organization. For those who may read it.',
  })
  members(@Ctx() { loaders }: GraphqlContext, @Root() space: SpaceOfViewer): Promise<readonly NamedMember[]> {
    return loaders.membersOfSpace.load(space.id);
  }

  @FieldResolver(() => [FolderType], { description: 'By name.' })
  rootFolders(@Ctx() { loaders }: GraphqlContext, @Root() space: SpaceOfViewer): Promise<readonly Folder[]> {
    return loaders.rootFoldersOfSpace.load(space);
  }
}
