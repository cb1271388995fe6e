import { Field, ID, ObjectType } from 'type-graphql';
import type { ActorKind, ActorRef } from '../../core/viewer.js';
import { ActorKindEnum } from '../enums.js';

@ObjectType('Actor', {
  description: "Whoever did something: a person, an agent's caller-identity App, or a service account.",
})
export class Actor implements ActorRef {
  @Field(() => ID)
  id!: string;

  @Field(() => ActorKindEnum)
  kind!: ActorKind;
}
