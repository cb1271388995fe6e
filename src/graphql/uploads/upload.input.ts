import { Field, InputType, Int } from 'type-graphql';
import type { SentPart } from '../../domains/uploads/multipart.js';
import type { FileInput } from '../../domains/uploads/declared-file.js';
import { SafeInt } from '../scalars.js';

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

@InputType('CompletedPartInput')
export class CompletedPartInput implements SentPart {
  @Field(() => Int)
  partNumber!: number;

  @Field(() => String)
  etag!: string;
}
