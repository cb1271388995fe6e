import { Field, ObjectType } from 'type-graphql';
import type { Permission, Role } from '../../domains/spaces/role.js';
import { PermissionEnum } from '../enums.js';
import { Node } from '../node.type.js';

@ObjectType('Role', { implements: Node })
export class RoleType extends Node implements Role {
  @Field(() => String)
  name!: string;

  @Field(() => [PermissionEnum])
  permissions!: readonly Permission[];

  @Field(() => Boolean)
  builtIn!: boolean;
}
