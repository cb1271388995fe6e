import { Field, ObjectType } from 'type-graphql';
import type { Space } from '../../domains/spaces/space.js';
import { Node } from '../node.type.js';

@ObjectType('Space', { implements: Node })
export class SpaceType extends Node implements Pick<Space, 'id' | 'name'> {
  @Field(() => String)
  name!: string;
}
