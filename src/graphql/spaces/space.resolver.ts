import { FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { toSpaceUrn, type Space } from '../../domains/spaces/space.js';
import { SpaceType } from './space.type.js';

@Resolver(() => SpaceType)
export class SpaceResolver {
  @FieldResolver(() => ID)
  urn(@Root() { id }: Space): string {
    return toSpaceUrn(id);
  }
}
