import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Permission, Role } from '../../domains/spaces/role.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { PermissionEnum } from '../enums.js';
import { RoleType } from './role.type.js';

@Resolver(() => RoleType)
export class RoleResolver {
  @Query(() => [RoleType], { description: "The built-in ones, then the organization's own by name." })
  roles(@Ctx() context: GraphqlContext): Promise<Role[]> {
    return context.services.roles.list(requireViewer(context));
  }

  @Mutation(() => RoleType, { description: 'Without any permission it keeps its bearers out.' })
  createRole(
    @Ctx() context: GraphqlContext,
    @Arg('name', () => String) name: string,
    @Arg('permissions', () => [PermissionEnum]) permissions: Permission[],
  ): Promise<Role> {
    return context.services.roles.createRole(requireViewer(context), { name, permissions });
  }
}
