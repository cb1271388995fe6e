import { Field, ID, ObjectType } from 'type-graphql';
import type { ActorKind, Viewer as SignedInViewer } from '../../core/viewer.js';
import { ActorKindEnum } from '../enums.js';

@ObjectType('Viewer')
export class Viewer implements Pick<SignedInViewer, 'id' | 'kind' | 'name'> {
  @Field(() => ID)
  id!: string;

  @Field(() => ActorKindEnum)
  kind!: ActorKind;

  @Field(() => String, { nullable: true })
  name!: string | null;
}
