import { createHash } from 'node:crypto';
import { badInput } from './errors.js';
import type { Keyring } from './keyring.js';

const defaultFirst = 20;
const maxFirst = 100;

/** Which page a caller wants, after the checks. */
export interface PageArgs {
  /** 1 to 100. */
  readonly first: number;
  readonly after: string | undefined;
}

/** Throws BAD_USER_INPUT (`first`) outside 1 to 100. */
export function pageArgs(
  first: number | null | undefined,
  after: string | null | undefined,
  fallback = defaultFirst,
): PageArgs {
  const count = first ?? fallback;
  if (!Number.isInteger(count) || count < 1 || count > maxFirst) {
    throw badInput('first', `Ask for 1 to ${maxFirst} at a time.`);
  }
  return { first: count, after: after ?? undefined };
}

/** Relay's connection. */
export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    /** Known only as "this is not the first page". */
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** `rows` were asked for with a limit of `page.first + 1`: the one too many tells that there is a next page. */
export function toConnection<Node>(
  rows: readonly Node[],
  page: PageArgs,
  encode: (node: Node) => string,
): Connection<Node> {
  const nodes = rows.slice(0, page.first);
  const seal = (node: Node | undefined) => (node === undefined ? null : encode(node));
  return {
    nodes,
    // Sealing costs some microseconds a cursor, so only the cursors that are asked for are made.
    get edges() {
      return nodes.map((node) => ({ cursor: encode(node), node }));
    },
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== undefined,
      get startCursor() {
        return seal(nodes[0]);
      },
      get endCursor() {
        return seal(nodes.at(-1));
      },
    },
  };
}

/** Turns the place of a row in one list into an opaque text and back. */
export interface Cursor<Position extends object> {
  encode(position: Position): string;
  /** undefined for the start. Throws BAD_USER_INPUT (`after`) for a cursor of anything but this very list. */
  decode(after: string | undefined): Position | undefined;
}

export type Cursors = ReturnType<typeof makeCursors>;

/**
 * Cursors are sealed and bound to their list, organization and filter: one that was made up, changed, or taken
 * from another list, tenant or filter is refused, and never read as a position.
 */
export function makeCursors(keyring: Keyring) {
  return {
    /**
     * `list` names the list and the shape of its positions; `filter` is whatever else decides which rows are in it
     * (the person, the agent, the type, the order) and must survive JSON, its keys in any order.
     * A `Position` must survive JSON: instants as ISO strings.
     */
    bind<Position extends object>(list: string, orgId: string, filter: object = {}): Cursor<Position> {
      const purpose = `cursor:${list}:${orgId}:${fingerprint(filter)}`;
      return {
        encode: (position) => keyring.seal(purpose, position),
        decode(after) {
          if (after === undefined) return undefined;
          const position = keyring.open(purpose, after);
          if (position === undefined) throw badInput('after', 'This cursor does not belong to this list.');
          // Only `encode` above could have sealed it for this purpose.
          return position as Position;
        },
      };
    },
  };
}

function fingerprint(filter: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(filter)))
    .digest('base64url');
}

/** The same filter must have the same fingerprint in whichever order its keys were written. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
