import { Arg, Ctx, FieldResolver, Mutation, Resolver } from 'type-graphql';
import type { SpaceUsage, StorageUsage } from '../../domains/quotas/usage.js';
import { Organization } from '../accounts/organization.type.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { SafeInt } from '../scalars.js';
import { SpaceUsageType, StorageUsageType } from './storage-usage.type.js';

@Resolver(() => Organization)
export class OrganizationStorageResolver {
  @FieldResolver(() => StorageUsageType)
  storage(@Ctx() context: GraphqlContext): Promise<StorageUsage> {
    // Whoever gets to see an organization is a member of it: there is no way to another.
    return context.services.quotas.getUsage(requireViewer(context));
  }
}

@Resolver(() => StorageUsageType)
export class QuotaResolver {
  @FieldResolver(() => [SpaceUsageType], {
    description:
      'To an admin every space, then all memories together (space: null); to everybody else the spaces that they may read.',
  })
  bySpace(@Ctx() context: GraphqlContext): Promise<SpaceUsage[]> {
    return context.services.quotas.listUsageBySpace(requireViewer(context));
  }

  @Mutation(() => StorageUsageType, {
    description:
      'null: no limit. Below what is used already, nothing more fits until there is room. For admins alone.',
  })
  setStorageQuota(
    @Ctx() context: GraphqlContext,
    @Arg('quotaBytes', () => SafeInt, { nullable: true }) quotaBytes?: number | null,
  ): Promise<StorageUsage> {
    return context.services.quotas.setStorageQuota(requireViewer(context), quotaBytes);
  }
}
