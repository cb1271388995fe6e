import { Field, ID, InputType, Int } from 'type-graphql';
import type { RequestUploadInput } from '../../domains/prompts/request-upload.js';
import { SafeInt } from '../scalars.js';

@InputType('RequestUploadInput')
export class RequestUploadInputType implements RequestUploadInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => String)
  prompt!: string;

  @Field(() => ID, { nullable: true, description: "Defaults to the calling App's own agent." })
  agentUrn?: string | null;

  @Field(() => String, { nullable: true })
  conversationId?: string | null;

  @Field(() => [String], { nullable: true })
  allowedMimeTypes?: string[] | null;

  @Field(() => SafeInt, { nullable: true })
  maxSizeBytes?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 1 })
  minFiles?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 1 })
  maxFiles?: number | null;

  @Field(() => Int, { nullable: true })
  timeoutSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same key with the same input returns the same prompt; with another input, IDEMPOTENCY_CONFLICT.',
  })
  idempotencyKey?: string | null;
}
