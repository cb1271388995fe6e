import { Field, ID, ObjectType } from 'type-graphql';
import type { Organization as KnownOrganization } from '../../domains/accounts/account.js';

@ObjectType('Organization')
export class Organization implements Pick<KnownOrganization, 'id'> {
  @Field(() => ID)
  id!: string;
}
