import { Field, ID, InputType, Int } from 'type-graphql';
import type { BeginUploadInput } from '../../domains/uploads/begin-upload.js';
import type { ExecutionInput } from '../../domains/uploads/execution.js';
import type { SentPart } from '../../domains/uploads/multipart.js';
import type { FileInput } from '../../domains/uploads/declared-file.js';
import { JSONObject, SafeInt } from '../scalars.js';

@InputType('FileInput')
export class FileInputType implements FileInput {
  @Field(() => String)
  filename!: string;

  @Field(() => String)
  mimeType!: string;

  @Field(() => SafeInt)
  sizeBytes!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Hex. When given, object storage or the service refuses other bytes.',
  })
  sha256?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;
}

@InputType('ExecutionInput')
export class ExecutionInputType implements ExecutionInput {
  @Field(() => ID)
  executionId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "An App's own agent, and no other; an agent of the organization for everybody else.",
  })
  agentUrn?: string | null;

  @Field(() => String, { nullable: true, description: 'Such as elevenlabs or fal.' })
  provider?: string | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Model, prompt, cost and the like; 16 KiB at most.',
  })
  metadata?: Record<string, unknown> | null;
}

@InputType('BeginUploadInput')
export class BeginUploadInputType implements BeginUploadInput {
  @Field(() => FileInputType)
  file!: FileInputType;

  @Field(() => ID, {
    nullable: true,
    description: "By default where the asset is that is replaced, or the organization's Default space.",
  })
  spaceId?: string | null;

  @Field(() => ID, { nullable: true })
  folderId?: string | null;

  @Field(() => ExecutionInputType, {
    nullable: true,
    description: 'Set for media that an agent execution generated.',
  })
  execution?: ExecutionInputType | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Replace this asset's bytes, once the new ones are found clean; its id and URN stay, and so do its folder and what generated it.",
  })
  replaceAssetId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same key with the same input is the same upload, for as long as that is open or complete; with another input, IDEMPOTENCY_CONFLICT.',
  })
  idempotencyKey?: string | null;
}

@InputType('CompletedPartInput')
export class CompletedPartInput implements SentPart {
  @Field(() => Int)
  partNumber!: number;

  @Field(() => String)
  etag!: string;
}
