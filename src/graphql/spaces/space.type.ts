import { Field, ObjectType } from 'type-graphql';
import type { Space } from '../../domains/spaces/space.js';
import { Node } from '../node.type.js';

@ObjectType('Space', { implements: Node })
export class SpaceType extends Node implements Omit<Space, 'orgId'> {
  @Field(() => String)
  name!: string;
}
