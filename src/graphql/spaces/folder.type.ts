import { Field, ObjectType } from 'type-graphql';
import type { PlacedFolder } from '../../domains/spaces/folder-paths.js';
import { Node } from '../node.type.js';

@ObjectType('Folder', { implements: Node })
export class FolderType extends Node implements Omit<PlacedFolder, 'spaceId' | 'parentId'> {
  @Field(() => String)
  name!: string;
}
