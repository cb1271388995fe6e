import { Field, ID, ObjectType } from 'type-graphql';
import type { Person as KnownPerson } from '../../domains/accounts/account.js';
import { makeConnectionType } from '../connection.type.js';

@ObjectType('Person', { description: 'Known in the organization since their first sign-in.' })
export class Person implements KnownPerson {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name!: string | null;
}

export const PersonConnection = makeConnectionType('Person', () => Person);
