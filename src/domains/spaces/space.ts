import { isId } from '../../core/ids.js';

/** A place for an organization's files, with folders, and roles of its own where it names any. */
export interface Space {
  readonly id: string;
  readonly orgId: string;
  readonly name: string;
}

/** The space that every organization has from its beginning. */
export const defaultSpaceName = 'Default';

const prefix = 'urn:askfile:space:';

export function toSpaceUrn(spaceId: string): string {
  return `${prefix}${spaceId}`;
}

/** The id in a space's URN; undefined when it is not one of ours. */
export function parseSpaceUrn(urn: string): string | undefined {
  const id = urn.startsWith(prefix) ? urn.slice(prefix.length) : '';
  return isId(id) ? id : undefined;
}
