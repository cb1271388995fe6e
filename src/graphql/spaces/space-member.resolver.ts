import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { Role } from '../../domains/spaces/role.js';
import type { NamedMember } from '../../domains/spaces/space-member.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { RoleType } from './role.type.js';
import { SpaceMemberType } from './space-member.type.js';

@Resolver(() => SpaceMemberType)
export class SpaceMemberResolver {
  @Mutation(() => SpaceMemberType, {
    description:
      "A role of the space's own for a person known in the organization, a service account, or an App by its id or its agent's URN.",
  })
  setSpaceMember(
    @Ctx() context: GraphqlContext,
    @Arg('spaceId', () => ID) spaceId: string,
    @Arg('userId', () => ID) userId: string,
    @Arg('roleId', () => ID) roleId: string,
  ): Promise<NamedMember> {
    const input = { spaceId, userId, roleId };
    return context.services.spaceMembers.setSpaceMember(requireViewer(context), input);
  }

  @Mutation(() => ID, { description: "Back to the organization's role." })
  removeSpaceMember(
    @Ctx() context: GraphqlContext,
    @Arg('spaceId', () => ID) spaceId: string,
    @Arg('userId', () => ID) userId: string,
  ): Promise<string> {
    return context.services.spaceMembers.removeSpaceMember(requireViewer(context), { spaceId, userId });
  }

  @FieldResolver(() => ID)
  userId(@Root() member: NamedMember): string {
    return member.id;
  }

  @FieldResolver(() => RoleType)
  role(@Ctx() { loaders }: GraphqlContext, @Root() member: NamedMember): Promise<Role | null> {
    return loaders.roles.load(member.roleId);
  }
}
