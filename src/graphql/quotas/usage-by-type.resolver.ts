import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver } from 'type-graphql';
import type { AssetType } from '../../domains/assets/asset.js';
import type { TypeUsage } from '../../domains/assets/usage-by-type.service.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AssetTypeEnum } from '../enums.js';
import { SafeInt } from '../scalars.js';
import { StorageUsageType } from './storage-usage.type.js';

@ObjectType('TypeUsage')
export class TypeUsageType implements TypeUsage {
  @Field(() => AssetTypeEnum)
  type!: AssetType;

  @Field(() => SafeInt)
  usedBytes!: number;

  @Field(() => Int)
  assetCount!: number;
}

@Resolver(() => StorageUsageType)
export class UsageByTypeResolver {
  @FieldResolver(() => [TypeUsageType], {
    nullable: true,
    description:
      'What usedBytes consists of, the largest first; null where it can not be summed in time. For admins alone.',
  })
  async byType(@Ctx() context: GraphqlContext): Promise<TypeUsage[] | null> {
    return (await context.services.usageByType.list(requireViewer(context))) ?? null;
  }
}
