import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { RequestedLimits, UploadLimits } from '../../domains/capabilities/upload-limits.js';
import { SafeInt } from '../scalars.js';

@ObjectType('UploadPolicy')
export class UploadPolicy implements UploadLimits {
  @Field(() => SafeInt)
  maxSizeBytes!: number;

  @Field(() => [String])
  allowedMimeTypes!: readonly string[];

  @Field(() => Int)
  promptTimeoutSeconds!: number;
}

@InputType('UploadPolicyInput')
export class UploadPolicyInput implements RequestedLimits {
  @Field(() => SafeInt, { nullable: true })
  maxSizeBytes?: number | null;

  @Field(() => [String], { nullable: true })
  allowedMimeTypes?: string[] | null;

  @Field(() => Int, { nullable: true })
  promptTimeoutSeconds?: number | null;
}
