import { Field, ID, InputType } from 'type-graphql';
import type { AssetFilterInput } from '../../domains/assets/asset-filter.js';
import type { AssetType, ScanStatus } from '../../domains/assets/asset.js';
import { AssetTypeEnum, ScanStatusEnum } from '../enums.js';
import { DateTimeISO } from '../scalars.js';

@InputType('AssetFilter', { description: 'All of it must hold.' })
export class AssetFilter implements AssetFilterInput {
  @Field(() => ID, { nullable: true })
  spaceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Directly in this folder.' })
  folderId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'With folderId: everything beneath it too. Says nothing without.',
  })
  recursive?: boolean | null;

  @Field(() => AssetTypeEnum, { nullable: true })
  type?: AssetType | null;

  @Field(() => String, { nullable: true })
  provider?: string | null;

  @Field(() => ID, { nullable: true })
  executionId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of the agent that generated it.' })
  agentUrn?: string | null;

  @Field(() => String, { nullable: true })
  mimeType?: string | null;

  @Field(() => ScanStatusEnum, { nullable: true })
  scanStatus?: ScanStatus | null;

  @Field(() => String, {
    nullable: true,
    description:
      'In filenames and descriptions: every word occurs somewhere, in any case, and at the beginning of a word if it has one letter or two; or in what is written in the file: it has all of them, as whole words. 1 to 200 characters.',
  })
  search?: string | null;

  @Field(() => DateTimeISO, { nullable: true, description: 'Then, or later.' })
  createdAfter?: Date | null;

  @Field(() => DateTimeISO, { nullable: true, description: 'Earlier than this.' })
  createdBefore?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Those in the trash too, as long as they can be restored.',
  })
  includeDeleted?: boolean | null;
}
