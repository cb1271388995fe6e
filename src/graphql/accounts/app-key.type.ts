import { Field, ID, ObjectType } from 'type-graphql';
import type { AppKey as KeptAppKey } from '../../domains/accounts/app-key.js';
import { Node } from '../node.type.js';
import { DateTimeISO } from '../scalars.js';

@ObjectType('AppKey', { implements: Node })
export class AppKey extends Node implements Omit<KeptAppKey, 'orgId'> {
  @Field(() => String)
  name!: string;

  @Field(() => ID)
  agentUrn!: string;

  @Field(() => DateTimeISO)
  createdAt!: Date;

  @Field(() => DateTimeISO, { nullable: true })
  lastUsedAt!: Date | null;

  @Field(() => DateTimeISO, { nullable: true })
  revokedAt!: Date | null;
}

@ObjectType('CreatedAppKey', { description: 'secret is shown this once; only its hash is kept.' })
export class CreatedAppKey {
  @Field(() => AppKey)
  appKey!: AppKey;

  @Field(() => String)
  secret!: string;
}
