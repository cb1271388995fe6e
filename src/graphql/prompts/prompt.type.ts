import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  PromptReason,
  PromptStatus,
  UploadOutcome,
  UploadPrompt,
  UploadResult,
} from '../../domains/prompts/prompt.js';
import type { PromptEvent } from '../../domains/prompts/prompt-feeds.js';
import { makeConnectionType } from '../connection.type.js';
import {
  UploadOutcomeEnum,
  UploadPromptEventKindEnum,
  UploadPromptReasonEnum,
  UploadPromptStatusEnum,
} from '../enums.js';
import { Node } from '../node.type.js';
import { DateTimeISO, SafeInt } from '../scalars.js';

/** The fields that a row answers by itself; the others are in `prompt.resolver.ts`. */
@ObjectType('UploadPrompt', { implements: Node })
export class UploadPromptType
  extends Node
  implements
    Omit<
      UploadPrompt,
      | 'orgId'
      | 'agentUrn'
      | 'memoryId'
      | 'uploadId'
      | 'holderSessionId'
      | 'isDue'
      | 'inputHash'
      | 'resolvedBy'
      | 'resolvedSessionId'
    >
{
  @Field(() => Int, {
    description: 'Grows by one with every change; an event with a lower version is stale.',
  })
  version!: number;

  @Field(() => UploadPromptStatusEnum)
  status!: PromptStatus;

  @Field(() => UploadPromptReasonEnum, { nullable: true })
  reason!: PromptReason | null;

  @Field(() => String, { nullable: true })
  note!: string | null;

  @Field(() => ID)
  userId!: string;

  @Field(() => String, { nullable: true })
  conversationId!: string | null;

  @Field(() => String, { description: 'Plain text, never markup.' })
  prompt!: string;

  @Field(() => [String])
  allowedMimeTypes!: readonly string[];

  @Field(() => SafeInt)
  maxSizeBytes!: number;

  @Field(() => Int)
  minFiles!: number;

  @Field(() => Int)
  maxFiles!: number;

  @Field(() => DateTimeISO)
  createdAt!: Date;

  @Field(() => DateTimeISO, { description: 'Start an upload before this.' })
  expiresAt!: Date;

  @Field(() => DateTimeISO, { description: 'An upload started in time may finish until this.' })
  hardExpiresAt!: Date;

  @Field(() => DateTimeISO, { nullable: true })
  seenAt!: Date | null;

  @Field(() => DateTimeISO, { nullable: true })
  resolvedAt!: Date | null;
}

@ObjectType('UploadResult', {
  description: 'What the waiting agent gets: exactly one per prompt, the same whenever it is read again.',
})
export class UploadResultType implements UploadResult {
  @Field(() => ID)
  promptId!: string;

  @Field(() => UploadOutcomeEnum)
  outcome!: UploadOutcome;

  @Field(() => UploadPromptReasonEnum, { nullable: true })
  reason!: PromptReason | null;

  @Field(() => String, { nullable: true })
  note!: string | null;

  @Field(() => DateTimeISO)
  resolvedAt!: Date;
}

@ObjectType('UploadPromptEvent', {
  description: 'SNAPSHOT carries every open prompt of the viewer and comes first; then one prompt an event.',
})
export class UploadPromptEventType implements Pick<PromptEvent, 'kind'> {
  @Field(() => UploadPromptEventKindEnum)
  kind!: PromptEvent['kind'];

  @Field(() => [UploadPromptType])
  prompts!: readonly UploadPromptType[];
}

export const UploadPromptConnection = makeConnectionType('UploadPrompt', () => UploadPromptType);
