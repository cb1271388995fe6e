import { Field, ID, ObjectType } from 'type-graphql';
import type { AuditEntry as KeptEntry } from '../../domains/accounts/audit.js';
import { makeConnectionType } from '../connection.type.js';
import { Node } from '../node.type.js';
import { DateTimeISO, JSONObject } from '../scalars.js';
import { Actor } from './actor.type.js';

@ObjectType('AuditEntry', {
  implements: Node,
  description:
    'An act on record. Its action is the name of the mutation, its subject the id or URN of what was changed; what the service did by itself has the service account askfile for its actor.',
})
export class AuditEntry extends Node implements KeptEntry {
  @Field(() => DateTimeISO)
  at!: Date;

  @Field(() => Actor)
  actor!: Actor;

  @Field(() => String)
  action!: string;

  @Field(() => ID)
  subject!: string;

  @Field(() => JSONObject, { description: 'Ids and sizes: nothing that anybody wrote.' })
  details!: Record<string, unknown>;
}

export const AuditConnection = makeConnectionType('Audit', () => AuditEntry);
