import { Field, Int, ObjectType } from 'type-graphql';
import type { SpaceUsage, StorageUsage } from '../../domains/quotas/usage.js';
import type { SpaceOfViewer } from '../../domains/spaces/space-access.js';
import { SafeInt } from '../scalars.js';
import { SpaceType } from '../spaces/space.type.js';

@ObjectType('StorageUsage', { description: 'What an organization stores, and may store.' })
export class StorageUsageType implements Omit<StorageUsage, 'orgId'> {
  @Field(() => SafeInt, { nullable: true, description: 'null: no limit.' })
  quotaBytes!: number | null;

  @Field(() => SafeInt)
  usedBytes!: number;

  @Field(() => SafeInt, {
    description: 'Declared by uploads that are still open, and counted against the quota until they end.',
  })
  reservedBytes!: number;

  @Field(() => SafeInt, { description: 'Part of usedBytes: soft-deleted and not yet swept.' })
  trashedBytes!: number;
}

@ObjectType('SpaceUsage')
export class SpaceUsageType implements SpaceUsage {
  @Field(() => SpaceType, { nullable: true, description: "null: everybody's memories together." })
  space!: SpaceOfViewer | null;

  @Field(() => SafeInt)
  usedBytes!: number;

  @Field(() => Int)
  assetCount!: number;
}
