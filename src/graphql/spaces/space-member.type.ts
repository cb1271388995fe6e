import { Field, ObjectType } from 'type-graphql';
import type { ActorKind } from '../../core/viewer.js';
import type { NamedMember } from '../../domains/spaces/space-member.js';
import { ActorKindEnum } from '../enums.js';

@ObjectType('SpaceMember')
export class SpaceMemberType implements Pick<NamedMember, 'name' | 'kind'> {
  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => ActorKindEnum)
  kind!: ActorKind;
}
