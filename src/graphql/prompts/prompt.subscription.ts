import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { PromptEvent } from '../../domains/prompts/prompt-feeds.js';
import type { UploadPrompt, UploadResult } from '../../domains/prompts/prompt.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { UploadPromptEventType, UploadPromptType, UploadResultType } from './prompt.type.js';

interface Data {
  context: GraphqlContext;
  args: Record<string, unknown>;
}

/** Each is one call that gives an iterator; the event is the payload as it comes. */
@Resolver()
export class PromptSubscriptions {
  @Subscription(() => UploadPromptEventType, {
    subscribe: ({ context }: Data) => context.services.prompts.followOwnPrompts(requireViewer(context)),
    description:
      'For the portal: every open prompt of the viewer at once, then each change, on every device.',
  })
  uploadPrompts(@Root() event: PromptEvent): PromptEvent {
    return event;
  }

  @Subscription(() => UploadResultType, {
    subscribe: ({ context, args }: Data) =>
      context.services.prompts.followResult(requireViewer(context), promptIdOf(args)),
    description:
      'For the waiting agent: exactly one result, then it completes; at once if the prompt has ended already.',
  })
  uploadResult(@Root() result: UploadResult, @Arg('promptId', () => ID) _promptId: string): UploadResult {
    return result;
  }

  @Subscription(() => UploadPromptType, {
    subscribe: ({ context, args }: Data) =>
      context.services.prompts.followPrompt(requireViewer(context), promptIdOf(args)),
    description: 'For a progress line: the prompt now, then after each change, until it ends.',
  })
  uploadPromptProgress(
    @Root() prompt: UploadPrompt,
    @Arg('promptId', () => ID) _promptId: string,
  ): UploadPrompt {
    return prompt;
  }
}

function promptIdOf(args: Data['args']): string {
  // The schema requires it to be a string before anything is called.
  return args['promptId'] as string;
}
