import { toText, type Client, type Command, type ServerState } from './command.js';
import { connectionCommands } from './commands/connection.js';
import { keyCommands } from './commands/keys.js';
import { pubsubCommands } from './commands/pubsub.js';
import { stringCommands } from './commands/strings.js';
import { transactionCommands } from './commands/transactions.js';
import { failure, ReplyError, simple } from './replies.js';

/** Every command there is, by its name in lower case. */
export const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...connectionCommands,
    ...stringCommands,
    ...keyCommands,
    ...pubsubCommands,
    ...transactionCommands,
  }),
);

const queued = simple('QUEUED');

/** One request: its reply, encoded. Checks in Redis's order: known, complete, authenticated, allowed here. */
export function dispatch(request: readonly Buffer[], client: Client, server: ServerState): Buffer {
  try {
    return execute(request, client, server);
  } catch (error) {
    if (error instanceof ReplyError) return failure(error.message);
    throw error;
  }
}

function execute([nameBytes, ...args]: readonly Buffer[], client: Client, server: ServerState): Buffer {
  const name = toText(nameBytes).toLowerCase();
  const command = commands.get(name);
  if (command === undefined) throw refuse(client, unknownCommand(toText(nameBytes), args));
  const count = args.length + 1;
  if (command.arity >= 0 ? count !== command.arity : count < -command.arity) {
    throw refuse(client, `ERR wrong number of arguments for '${name}' command`);
  }
  if (!client.isAuthenticated && command.isOpen !== true)
    throw refuse(client, 'NOAUTH Authentication required.');
  if (client.channels.size + client.patterns.size > 0 && command.isForSubscribers !== true) {
    throw refuse(
      client,
      `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
  if (client.transaction !== null && command.inTransaction !== 'now') {
    if (command.inTransaction === 'refused') {
      throw refuse(client, `ERR ${name.toUpperCase()} is not supported in transactions`);
    }
    client.transaction.queue.push({ command, args });
    return queued;
  }
  const keys = server.databases[client.database];
  if (keys === undefined) throw new ReplyError('ERR DB index is out of range');
  return command.run(args, { client, server, keys });
}

/** A refusal between MULTI and EXEC makes EXEC refuse too. */
function refuse(client: Client, message: string): ReplyError {
  if (client.transaction !== null) client.transaction.isBroken = true;
  return new ReplyError(message);
}

function unknownCommand(name: string, args: readonly Buffer[]): string {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= 128) break;
    shown += `'${toText(arg).slice(0, 128 - shown.length)}' `;
  }
  return `ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`;
}
