import { toText, type Client, type Command, type CommandTable, type Context } from '../command.js';
import { matchesGlob } from '../glob.js';
import { array, bulk, bulks, integer } from '../replies.js';
import { runSubcommand } from './connection.js';

type Kind = 'channels' | 'patterns';

/** One reply a name: what happened, to what, and to how many the client listens now. */
function confirm(what: string, name: string | null, client: Client): Buffer {
  return array([bulk(what), bulk(name), integer(client.channels.size + client.patterns.size)]);
}

function subscribing(what: string, kind: Kind): Command {
  return {
    arity: -2,
    isForSubscribers: true,
    inTransaction: 'refused',
    run(args, { client, server: { hub } }) {
      const replies = args.map(toText).map((name) => {
        client[kind].add(name);
        hub.add(hub[kind], name, client);
        return confirm(what, name, client);
      });
      return Buffer.concat(replies);
    },
  };
}

function unsubscribing(what: string, kind: Kind): Command {
  return {
    arity: -1,
    isForSubscribers: true,
    inTransaction: 'refused',
    run(args, { client, server: { hub } }) {
      const names = args.length > 0 ? args.map(toText) : [...client[kind]];
      if (names.length === 0) return confirm(what, null, client);
      const replies = names.map((name) => {
        client[kind].delete(name);
        hub.remove(hub[kind], name, client);
        return confirm(what, name, client);
      });
      return Buffer.concat(replies);
    },
  };
}

const inspect = {
  channels([pattern]: readonly Buffer[], { server }: Context): Buffer {
    const names = [...server.hub.channels.keys()];
    return bulks(pattern === undefined ? names : names.filter((name) => matchesGlob(toText(pattern), name)));
  },
  numsub(args: readonly Buffer[], { server }: Context): Buffer {
    const count = (name: string) => integer(server.hub.channels.get(name)?.size ?? 0);
    return array(args.map(toText).flatMap((name) => [bulk(name), count(name)]));
  },
  numpat: (_args: readonly Buffer[], { server }: Context): Buffer => integer(server.hub.patterns.size),
};

export const pubsubCommands: CommandTable = {
  subscribe: subscribing('subscribe', 'channels'),
  psubscribe: subscribing('psubscribe', 'patterns'),
  unsubscribe: unsubscribing('unsubscribe', 'channels'),
  punsubscribe: unsubscribing('punsubscribe', 'patterns'),
  publish: {
    arity: 3,
    run: ([channel, message], { server }) =>
      integer(server.hub.publish(toText(channel), message ?? Buffer.alloc(0))),
  },
  pubsub: { arity: -2, run: (args, context) => runSubcommand('PUBSUB', inspect, args, context) },
};
