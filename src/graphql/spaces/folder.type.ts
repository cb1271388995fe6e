import { Field, ObjectType } from 'type-graphql';
import type { Folder } from '../../domains/spaces/folder.js';
import { Node } from '../node.type.js';
import { DateTimeISO } from '../scalars.js';

@ObjectType('Folder', { implements: Node })
export class FolderType extends Node implements Omit<Folder, 'orgId' | 'spaceId' | 'parentId' | 'createdBy'> {
  @Field(() => String)
  name!: string;

  @Field(() => DateTimeISO)
  createdAt!: Date;

  @Field(() => DateTimeISO)
  updatedAt!: Date;
}
