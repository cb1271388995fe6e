import type { CommandTable } from '../command.js';
import { array, failure, ok, ReplyError } from '../replies.js';

/** Commands run one after another anyway, so EXEC is atomic by running its queue in one go. */
export const transactionCommands: CommandTable = {
  multi: {
    arity: 1,
    inTransaction: 'now',
    run(_args, { client }) {
      if (client.transaction !== null) throw new ReplyError('ERR MULTI calls can not be nested');
      client.transaction = { queue: [], isBroken: false };
      return ok;
    },
  },
  discard: {
    arity: 1,
    inTransaction: 'now',
    run(_args, { client }) {
      if (client.transaction === null) throw new ReplyError('ERR DISCARD without MULTI');
      client.transaction = null;
      return ok;
    },
  },
  exec: {
    arity: 1,
    inTransaction: 'now',
    run(_args, { client, server, keys: keysAtStart }) {
      const { transaction } = client;
      if (transaction === null) throw new ReplyError('ERR EXEC without MULTI');
      client.transaction = null;
      if (transaction.isBroken) {
        throw new ReplyError('EXECABORT Transaction discarded because of previous errors.');
      }
      const replies = transaction.queue.map(({ command, args }) => {
        try {
          // Looked up anew, because a SELECT may be among them.
          const keys = server.databases[client.database] ?? keysAtStart;
          return command.run(args, { client, server, keys });
        } catch (error) {
          if (error instanceof ReplyError) return failure(error.message);
          throw error;
        }
      });
      return array(replies);
    },
  },
};
