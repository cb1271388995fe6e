import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { AppError } from '../../core/errors.js';
import { pageArgs } from '../../core/pagination.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Asset } from '../../domains/assets/asset.js';
import { toMemoryUrn } from '../../domains/memories/memory.js';
import type { PromptStatus, UploadPrompt, UploadResult } from '../../domains/prompts/prompt.js';
import type { Upload } from '../../domains/uploads/upload.js';
import { Actor } from '../accounts/actor.type.js';
import { Agent } from '../accounts/agent.type.js';
import { AssetObjectType } from '../assets/asset.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { UploadPromptStatusEnum } from '../enums.js';
import { FileInputType } from '../uploads/upload.input.js';
import { UploadType } from '../uploads/upload.type.js';
import { RequestUploadInputType } from './prompt.input.js';
import { UploadPromptConnection, UploadPromptType, UploadResultType } from './prompt.type.js';

@Resolver(() => UploadPromptType)
export class PromptResolver {
  @Query(() => UploadPromptType, { nullable: true })
  async uploadPrompt(
    @Ctx() context: GraphqlContext,
    @Arg('id', () => ID) id: string,
  ): Promise<UploadPrompt | null> {
    try {
      return await context.services.prompts.getPrompt(requireViewer(context), id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }

  @Query(() => UploadPromptConnection, {
    description: "The viewer's own, newest first; an App's are those that it asked.",
  })
  uploadPrompts(
    @Ctx() context: GraphqlContext,
    @Arg('status', () => [UploadPromptStatusEnum], { nullable: true }) status?: PromptStatus[] | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    const page = pageArgs(first, after);
    return context.services.prompts.listUploadPrompts(requireViewer(context), status ?? undefined, page);
  }

  @Query(() => UploadResultType, {
    nullable: true,
    description: 'Waits up to waitSeconds (45 at most) for the result; null while there is none.',
  })
  awaitUpload(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
    @Arg('waitSeconds', () => Int, { nullable: true, defaultValue: 0 }) waitSeconds: number | null,
  ): Promise<UploadResult | null> {
    const viewer = requireViewer(context);
    return context.services.prompts.awaitUpload(viewer, promptId, waitSeconds ?? 0, context.signal);
  }

  @Mutation(() => UploadPromptType)
  requestUpload(
    @Ctx() context: GraphqlContext,
    @Arg('input', () => RequestUploadInputType) input: RequestUploadInputType,
  ): Promise<UploadPrompt> {
    return context.services.prompts.requestUpload(requireViewer(context), input);
  }

  @Mutation(() => UploadPromptType)
  cancelUploadRequest(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
  ): Promise<UploadPrompt> {
    return context.services.prompts.cancelUploadRequest(requireViewer(context), promptId);
  }

  @Mutation(() => UploadPromptType)
  markUploadPromptSeen(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
  ): Promise<UploadPrompt> {
    return context.services.prompts.markUploadPromptSeen(requireViewer(context), promptId);
  }

  @Mutation(() => UploadType)
  beginPromptUpload(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
    @Arg('file', () => FileInputType) file: FileInputType,
    @Arg('takeOver', () => Boolean, { nullable: true, defaultValue: false }) takeOver: boolean | null,
  ): Promise<Upload> {
    const viewer = requireViewer(context);
    return context.services.prompts.beginPromptUpload(viewer, promptId, file, takeOver ?? false);
  }

  @Mutation(() => UploadPromptType, {
    description: 'Resolves a prompt that takes several files, with those completed so far.',
  })
  submitPromptUploads(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
  ): Promise<UploadPrompt> {
    return context.services.prompts.submitPromptUploads(requireViewer(context), promptId);
  }

  @Mutation(() => UploadPromptType, { description: 'Answers with assets that the memory already holds.' })
  answerWithAssets(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
    @Arg('assetIds', () => [ID]) assetIds: string[],
  ): Promise<UploadPrompt> {
    return context.services.prompts.answerWithAssets(requireViewer(context), promptId, assetIds);
  }

  @Mutation(() => UploadPromptType)
  declineUpload(
    @Ctx() context: GraphqlContext,
    @Arg('promptId', () => ID) promptId: string,
    @Arg('note', () => String, { nullable: true }) note?: string | null,
  ): Promise<UploadPrompt> {
    return context.services.prompts.declineUpload(requireViewer(context), promptId, note);
  }

  @FieldResolver(() => Agent)
  agent(@Ctx() { loaders }: GraphqlContext, @Root() prompt: UploadPrompt) {
    return loaders.agents.load(prompt.agentUrn);
  }

  @FieldResolver(() => ID)
  memoryUrn(@Root() prompt: UploadPrompt): string {
    return toMemoryUrn(prompt.memoryId);
  }

  @FieldResolver(() => Actor, { nullable: true })
  resolvedBy(@Root() prompt: UploadPrompt): ActorRef | null {
    return prompt.resolvedBy;
  }

  @FieldResolver(() => [UploadType])
  uploads(@Ctx() { loaders }: GraphqlContext, @Root() prompt: UploadPrompt): Promise<readonly Upload[]> {
    return loaders.uploadsOfPrompt.load(prompt.id);
  }

  @FieldResolver(() => [AssetObjectType])
  assets(@Ctx() { loaders }: GraphqlContext, @Root() prompt: UploadPrompt): Promise<readonly Asset[]> {
    return loaders.assetsOfPrompt.load(prompt.id);
  }
}

@Resolver(() => UploadResultType)
export class UploadResultResolver {
  @FieldResolver(() => [AssetObjectType])
  assets(@Ctx() { loaders }: GraphqlContext, @Root() result: UploadResult): Promise<readonly Asset[]> {
    return loaders.assetsOfPrompt.load(result.promptId);
  }
}
