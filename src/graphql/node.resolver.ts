import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { AppError } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import { requireViewer, type GraphqlContext, type GraphqlServices } from './context.js';
import { Node, type NamedNode } from './node.type.js';

/** How each type finds its own, as far as the viewer may see it. An id does not tell of which type it is. */
const finders: Readonly<
  Record<string, (services: GraphqlServices, viewer: Viewer, id: string) => Promise<object | undefined>>
> = {
  UploadPrompt: ({ prompts }, viewer, id) => prompts.getPrompt(viewer, id).catch(undefinedWhenNotFound),
  Upload: ({ uploads }, viewer, id) => uploads.find(viewer, id),
  Asset: ({ assets }, viewer, id) => assets.find(viewer, { id }),
  Space: ({ spaces }, viewer, id) => spaces.find(viewer, id),
  Folder: ({ folders }, viewer, id) => folders.find(viewer, { id }),
  Role: ({ roles }, viewer, id) => roles.find(viewer.orgId, id),
  AuditEntry: ({ auditLog }, viewer, id) => auditLog.findEntry(viewer, id),
  AppKey: ({ appKeys }, viewer, id) => appKeys.findAppKey(viewer, id),
};

@Resolver(() => Node)
export class NodeResolver {
  @Query(() => Node, { nullable: true })
  async node(@Ctx() context: GraphqlContext, @Arg('id', () => ID) id: string): Promise<NamedNode | null> {
    const viewer = requireViewer(context);
    const found = await Promise.all(
      Object.entries(finders).map(async ([typeName, find]) => {
        const row = await find(context.services, viewer, id);
        return row && { ...row, id, typeName };
      }),
    );
    return found.find((node) => node !== undefined) ?? null;
  }
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
}
