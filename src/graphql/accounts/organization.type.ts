import { Field, ID, ObjectType } from 'type-graphql';
import type { Organization as KnownOrganization } from '../../domains/accounts/account.js';

@ObjectType()
export class Organization implements Pick<KnownOrganization, 'id'> {
  @Field(() => ID)
  id!: string;
}
