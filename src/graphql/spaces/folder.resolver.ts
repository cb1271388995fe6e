import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { notFound } from '../../core/errors.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Folder } from '../../domains/spaces/folder.js';
import type { SpaceOfViewer } from '../../domains/spaces/space-access.js';
import { Actor } from '../accounts/actor.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { FolderType } from './folder.type.js';
import { SpaceType } from './space.type.js';

@Resolver(() => FolderType)
export class FolderResolver {
  @Query(() => FolderType, {
    nullable: true,
    description: 'By id, or by its path in a space, such as /documents/contracts.',
  })
  async folder(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID, { nullable: true }) id?: string | null,
    @Arg('spaceId', () => ID, { nullable: true }) spaceId?: string | null,
    @Arg('path', () => String, { nullable: true }) path?: string | null,
  ): Promise<Folder | null> {
    const by = { id: id ?? undefined, spaceId: spaceId ?? undefined, path: path ?? undefined };
    return (await context.services.folders.find(requireViewer(context), by)) ?? null;
  }

  @Mutation(() => FolderType)
  createFolder(
    @Ctx() context: GraphqlContext,
    @Arg('spaceId', () => ID) spaceId: string,
    @Arg('parentId', () => ID, { nullable: true }) parentId: string | null | undefined,
    @Arg('name', () => String) name: string,
  ): Promise<Folder> {
    const input = { spaceId, parentId: parentId ?? null, name };
    return context.services.folders.createFolder(requireViewer(context), input);
  }

  @Mutation(() => FolderType)
  renameFolder(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('name', () => String) name: string,
  ): Promise<Folder> {
    return context.services.folders.renameFolder(requireViewer(context), id, name);
  }

  @Mutation(() => FolderType, { description: "Without parentId into the space's root." })
  moveFolder(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('parentId', () => ID, { nullable: true }) parentId?: string | null,
  ): Promise<Folder> {
    return context.services.folders.moveFolder(requireViewer(context), id, parentId ?? null);
  }

  @Mutation(() => ID, {
    description:
      'Soft-deletes everything beneath it; without recursive, a folder that is not empty stays (FOLDER_NOT_EMPTY).',
  })
  deleteFolder(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
    @Arg('recursive', () => Boolean, { nullable: true, defaultValue: false }) recursive?: boolean | null,
  ): Promise<string> {
    const viewer = requireViewer(context);
    return context.services.folders.deleteFolder(viewer, id, { recursive: recursive ?? false });
  }

  @FieldResolver(() => String, { description: 'Within its space, such as /documents/contracts.' })
  async path(@Ctx() { loaders }: GraphqlContext, @Root() folder: Folder): Promise<string> {
    // It may have been deleted, or its space closed to the viewer, since it was read.
    return (await loaders.folderPaths.load(folder.id)) ?? gone();
  }

  @FieldResolver(() => SpaceType)
  async space(@Ctx() { loaders }: GraphqlContext, @Root() folder: Folder): Promise<SpaceOfViewer> {
    return (await loaders.spaces.load(folder.spaceId)) ?? gone();
  }

  @FieldResolver(() => FolderType, { nullable: true })
  parent(@Ctx() { loaders }: GraphqlContext, @Root() folder: Folder): Promise<Folder | null> | null {
    return folder.parentId === null ? null : loaders.folders.load(folder.parentId);
  }

  @FieldResolver(() => [FolderType], {
    description: "Those above it, from the space's root down to its parent.",
  })
  ancestors(@Ctx() { loaders }: GraphqlContext, @Root() folder: Folder): Promise<readonly Folder[]> {
    return loaders.folderAncestors.load(folder.id);
  }

  @FieldResolver(() => [FolderType], { description: 'By name.' })
  folders(@Ctx() { loaders }: GraphqlContext, @Root() folder: Folder): Promise<readonly Folder[]> {
    return loaders.foldersOfFolder.load(folder.id);
  }

  @FieldResolver(() => Actor)
  createdBy(@Root() folder: Folder): ActorRef {
    return folder.createdBy;
  }
}

function gone(): never {
  throw notFound('The folder');
}
