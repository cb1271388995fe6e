import { createHash, timingSafeEqual } from 'node:crypto';
import { toInteger, toText, type CommandTable, type Context } from '../command.js';
import { array, bulk, bulks, integer, ok, ReplyError, simple } from '../replies.js';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

type Subcommands = Readonly<Record<string, (args: readonly Buffer[], context: Context) => Buffer>>;

const clientCommands: Subcommands = {
  id: (_args, { client }) => integer(client.id),
  getname: (_args, { client }) => bulk(client.name === '' ? null : client.name),
  setname([name], { client }) {
    client.name = toText(name);
    return ok;
  },
  setinfo: () => ok,
};

const commandCommands: Subcommands = {
  count: (_args, { server }) => integer(server.commands.size),
  docs: () => array([]),
};

/** Runs a command of two words. */
export function runSubcommand(
  parent: string,
  subcommands: Subcommands,
  [name, ...args]: readonly Buffer[],
  context: Context,
): Buffer {
  const found = Object.entries(subcommands).find(([candidate]) => candidate === toText(name).toLowerCase());
  if (found === undefined) {
    throw new ReplyError(`ERR unknown subcommand '${toText(name).slice(0, 128)}'. Try ${parent} HELP.`);
  }
  return found[1](args, context);
}

export const connectionCommands: CommandTable = {
  auth: {
    arity: -2,
    isOpen: true,
    run(args, { client, server }) {
      if (args.length > 2) throw new ReplyError('ERR syntax error');
      const password = args.at(-1) ?? Buffer.alloc(0);
      const isUser = args.length === 1 || toText(args[0]) === 'default';
      if (!timingSafeEqual(sha256(password), sha256(server.password)) || !isUser) {
        throw new ReplyError('WRONGPASS invalid username-password pair or user is disabled.');
      }
      client.isAuthenticated = true;
      return ok;
    },
  },
  ping: {
    arity: -1,
    isForSubscribers: true,
    run(args, { client }) {
      if (args.length > 1) throw new ReplyError("ERR wrong number of arguments for 'ping' command");
      if (client.channels.size + client.patterns.size > 0) return bulks(['pong', args[0] ?? '']);
      return args[0] === undefined ? simple('PONG') : bulk(args[0]);
    },
  },
  echo: { arity: 2, run: ([message]) => bulk(message ?? null) },
  select: {
    arity: 2,
    run([index], { client, server }) {
      const database = Number(toInteger(index));
      if (server.databases[database] === undefined) throw new ReplyError('ERR DB index is out of range');
      client.database = database;
      return ok;
    },
  },
  quit: {
    arity: -1,
    isOpen: true,
    isForSubscribers: true,
    inTransaction: 'now',
    run(_args, { client }) {
      client.end();
      return ok;
    },
  },
  client: { arity: -2, run: (args, context) => runSubcommand('CLIENT', clientCommands, args, context) },
  command: {
    arity: -1,
    run(args, context) {
      if (args.length > 0) return runSubcommand('COMMAND', commandCommands, args, context);
      const describe = ([name, { arity }]: [string, { arity: number }]) =>
        array([bulk(name), integer(arity), array([]), integer(0), integer(0), integer(0)]);
      return array([...context.server.commands].map(describe));
    },
  },
  info: {
    arity: -1,
    run(_args, { server }) {
      const lines = [
        '# Server',
        'redis_version:7.0.0',
        'server_name:askfile-embedded',
        'redis_mode:standalone',
        `tcp_port:${server.port}`,
        `uptime_in_seconds:${Math.floor((server.now() - server.startedAt) / 1000)}`,
        '# Clients',
        `connected_clients:${server.connections.size}`,
        '# Persistence',
        'loading:0',
        '# Replication',
        'role:master',
        '# Keyspace',
        ...server.databases.flatMap((keys, index) =>
          keys.size() > 0 ? [`db${index}:keys=${keys.size()}`] : [],
        ),
      ];
      return bulk(`${lines.join('\r\n')}\r\n`);
    },
  },
};
