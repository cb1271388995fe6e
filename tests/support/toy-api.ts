import { buildSchema, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql';
import { AppError } from '../../src/core/errors.js';
import type { UserViewer } from '../../src/core/viewer.js';
import type { ContextExtras } from '../../src/http/caller.js';

/** What a fault in a resolver says; none of it may leave the process. */
export const canary = 'CANARY select * from secrets at /srv/app/db.ts';

const sdl = /* GraphQL */ `
  scalar Huge
  input ToyInput {
    file: ToyFile!
  }
  input ToyFile {
    sizeBytes: Int!
  }
  type Item {
    id: ID!
    parent: Item
    items(first: Int = 20): ItemConnection!
    tags: [Tag!]!
  }
  type ItemConnection {
    nodes: [Item!]!
  }
  type Tag {
    item: Item!
  }
  type Query {
    hello: String
    viewerId: ID
    echo(text: String!, input: ToyInput): String
    item: Item
    items(first: Int = 20): ItemConnection!
    broken: String
    missing: String!
    malformed: Int
    refused: String
    "Answers when the caller is gone."
    wait: String
    text(chars: Int!): String
    "What no message can hold."
    huge: Huge
  }
  type Mutation {
    rename(name: String!): String
    unlockMemory(password: String!): Boolean
    changeMemoryPassword(password: String!): Boolean
  }
  type Event {
    value: String
    "Which context this event was executed with; a new one for each event."
    context: ID
    fails: String
  }
  type Subscription {
    events: Event
    neverOpens: Event
    isNoStream: Event
  }
`;

export interface ToyContext extends ContextExtras {
  readonly viewer: { readonly id: string } | null;
}

/** Events that a test hands out by itself. Reports how many streams are open and lets them fail. */
export function makeToySource() {
  const open = new Set<{ push: (value: unknown) => void; fail: (error: Error) => void }>();
  return {
    openCount: () => open.size,
    push: (value: unknown) => open.forEach((stream) => stream.push(value)),
    fail: (error: Error) => open.forEach((stream) => stream.fail(error)),
    open(): AsyncIterableIterator<unknown> {
      const queue: Promise<IteratorResult<unknown>>[] = [];
      let wake: ((result: Promise<IteratorResult<unknown>>) => void) | undefined;
      const give = (result: Promise<IteratorResult<unknown>>) => {
        // A rejection may wait in the queue before anybody takes it.
        result.catch(() => undefined);
        if (wake === undefined) queue.push(result);
        else wake(result);
        wake = undefined;
      };
      const stream = {
        push: (value: unknown) => give(Promise.resolve({ done: false, value })),
        fail: (error: Error) => give(Promise.reject(error)),
      };
      open.add(stream);
      return {
        next: () => queue.shift() ?? new Promise((resolve) => (wake = resolve)),
        return: () => {
          open.delete(stream);
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

/** A schema of every behaviour that a transport must carry, good and bad. */
export function makeToySchema(source: ReturnType<typeof makeToySource>): GraphQLSchema {
  const schema = buildSchema(sdl);
  const of = (type: string) => {
    const found = schema.getType(type);
    if (!found || !('getFields' in found)) throw new Error(`The toy schema has no ${type}.`);
    // Its own SDL above has object types only under these names.
    return found.getFields() as Record<
      string,
      GraphQLFieldConfig<unknown, ToyContext, Record<string, unknown>>
    >;
  };
  const set = (
    type: string,
    fields: Record<
      string,
      NonNullable<GraphQLFieldConfig<unknown, ToyContext, Record<string, unknown>>['resolve']>
    >,
  ) => {
    for (const [name, resolve] of Object.entries(fields)) Object.assign(of(type)[name] ?? {}, { resolve });
  };
  set('Query', {
    hello: () => 'world',
    viewerId: (_root, _args, { viewer }) => viewer?.id ?? null,
    echo: (_root, args) => args['text'],
    item: () => ({ id: 0 }),
    items: (_root, args) => ({ nodes: Array.from({ length: Number(args['first']) }, (_, id) => ({ id })) }),
    broken: () => {
      throw Object.assign(new Error(canary), { query: canary });
    },
    missing: () => null,
    malformed: () => canary,
    refused: () => {
      throw new AppError('NOT_FOUND', 'The prompt was not found.', {
        cause: new Error(canary),
        extensions: { promptId: 'p1' },
      });
    },
    wait: (_root, _args, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('gone'))),
    huge: () => 1n,
    text: (_root, args) => 'x'.repeat(Number(args['chars'])),
  });
  set('Item', { items: () => ({ nodes: [] }), tags: () => [{ item: { id: 1, tags: [] } }] });
  set('Mutation', {
    rename: (_root, args) => args['name'],
    unlockMemory: () => true,
    changeMemoryPassword: () => true,
  });
  const contexts = new WeakMap<object, string>();
  set('Event', {
    value: (root) => String(root),
    context: (_root, _args, context) => {
      if (!contexts.has(context)) contexts.set(context, crypto.randomUUID());
      return contexts.get(context);
    },
    fails: () => {
      throw new Error(canary);
    },
  });
  set('Subscription', { events: (root) => root, neverOpens: (root) => root, isNoStream: (root) => root });
  const subscribe = {
    events: () => source.open(),
    neverOpens: () => {
      throw new AppError('TOOL_NOT_ENABLED', 'Uploads are off for this agent.');
    },
    isNoStream: () => canary,
  };
  for (const [name, each] of Object.entries(subscribe)) {
    Object.assign(of('Subscription')[name] ?? {}, { subscribe: each });
  }
  return schema;
}

export function makeToyViewer(id: string, expiresAt: Date | null = null): UserViewer {
  return {
    kind: 'USER',
    id,
    orgId: 'org',
    orgRole: 'MEMBER',
    name: id,
    sessionId: `session-${id}`,
    expiresAt,
  };
}
