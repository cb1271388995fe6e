import { Field, ObjectType } from 'type-graphql';
import type { NamedMember } from '../../domains/spaces/space-member.js';

@ObjectType('SpaceMember')
export class SpaceMemberType implements Pick<NamedMember, 'name'> {
  @Field(() => String, { nullable: true })
  name!: string | null;
}
