import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Upload, UploadStatus } from '../../domains/uploads/upload.js';
import { UploadStatusEnum } from '../enums.js';
import { Node } from '../node.type.js';
import { DateTimeISO, SafeInt } from '../scalars.js';

@ObjectType('Upload', { implements: Node })
export class UploadType
  extends Node
  implements
    Pick<
      Upload,
      | 'id'
      | 'status'
      | 'filename'
      | 'mimeType'
      | 'sizeBytes'
      | 'expiresAt'
      | 'promptId'
      | 'folderId'
      | 'replacesAssetId'
      | 'executionId'
    >
{
  @Field(() => UploadStatusEnum)
  status!: UploadStatus;

  @Field(() => String)
  filename!: string;

  @Field(() => String)
  mimeType!: string;

  @Field(() => SafeInt)
  sizeBytes!: number;

  @Field(() => DateTimeISO)
  expiresAt!: Date;

  @Field(() => ID, { nullable: true, description: 'The prompt that it is for; null of one for a space.' })
  promptId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Where in its space it was to go when it began; null: its root.',
  })
  folderId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The asset whose bytes it is to replace.' })
  replacesAssetId!: string | null;

  @Field(() => ID, { nullable: true, description: "The agent's execution that generated the file." })
  executionId!: string | null;
}

@ObjectType('HttpHeader')
export class HttpHeader {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType('PresignedRequest')
export class PresignedRequestType {
  @Field(() => String)
  method!: string;

  @Field(() => String)
  url!: string;

  @Field(() => [HttpHeader])
  headers!: HttpHeader[];

  @Field(() => DateTimeISO)
  expiresAt!: Date;
}

@ObjectType('MultipartPlan')
export class MultipartPlanType {
  @Field(() => SafeInt)
  partSizeBytes!: number;

  @Field(() => Int)
  partCount!: number;
}

@ObjectType('PresignedPart')
export class PresignedPartType {
  @Field(() => Int)
  partNumber!: number;

  @Field(() => PresignedRequestType)
  request!: PresignedRequestType;
}
