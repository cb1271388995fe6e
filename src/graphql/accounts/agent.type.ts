import { Field, ID, ObjectType } from 'type-graphql';
import type { Agent as RegisteredAgent } from '../../domains/accounts/agent.js';
import { makeConnectionType } from '../connection.type.js';

@ObjectType('Agent')
export class Agent implements Pick<RegisteredAgent, 'urn' | 'name'> {
  @Field(() => ID)
  urn!: string;

  @Field(() => String)
  name!: string;
}

export const AgentConnection = makeConnectionType('Agent', () => Agent);
