import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { ProcessingStatus } from '../../domains/processing/processing.js';
import { ProcessingStatusEnum } from '../enums.js';

@ObjectType('AssetProcessing', {
  description:
    'What was found out about the file once it was known to be safe. NONE: it is not, or of no kind that is looked into.',
})
export class AssetProcessingType {
  @Field(() => ProcessingStatusEnum)
  status!: ProcessingStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Why it FAILED, or what is missing although it is DONE, in plain words.',
  })
  error!: string | null;

  @Field(() => Int, { nullable: true, description: 'In pixels, as it is shown.' })
  width!: number | null;

  @Field(() => Int, { nullable: true })
  height!: number | null;

  @Field(() => Float, { nullable: true })
  durationSeconds!: number | null;
}
