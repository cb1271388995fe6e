import { Field, ID, ObjectType } from 'type-graphql';
import type { Memory } from '../../domains/memories/memory.js';

@ObjectType('Memory')
export class MemoryType implements Pick<Memory, 'userId'> {
  @Field(() => ID)
  userId!: string;
}
