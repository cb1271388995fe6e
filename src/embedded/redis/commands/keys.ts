import { syntaxError, toInteger, toText, type CommandTable, type Context } from '../command.js';
import { matchesGlob } from '../glob.js';
import { array, bulk, bulks, integer, ok, ReplyError, simple } from '../replies.js';
import { toMoment } from './expiry.js';

function countWhere(keys: readonly Buffer[], isCounted: (name: string) => boolean): Buffer {
  return integer(keys.filter((key) => isCounted(toText(key))).length);
}

function expireBy(unit: 'ex' | 'px', command: string) {
  return ([key, time, option]: readonly Buffer[], { keys, server }: Context): Buffer => {
    const amount = toInteger(time);
    if (option !== undefined) throw new ReplyError(`ERR Unsupported option ${toText(option)}`);
    const expiresAt = toMoment(amount, unit, server.now(), command);
    const entry = keys.get(toText(key));
    if (entry === undefined) return integer(0);
    if (expiresAt <= server.now()) keys.delete(toText(key));
    else keys.set(toText(key), { value: entry.value, expiresAt });
    return integer(1);
  };
}

/** -2: no such key; -1: it stays. */
function timeLeft([key]: readonly Buffer[], { keys, server }: Context): number {
  const entry = keys.get(toText(key));
  if (entry === undefined) return -2;
  return entry.expiresAt === null ? -1 : entry.expiresAt - server.now();
}

/** All in one answer, which SCAN allows: our databases are small, and then no key can be missed. */
function scan([cursor, ...options]: readonly Buffer[], { keys }: Context): Buffer {
  if (!/^\d+$/.test(toText(cursor))) throw new ReplyError('ERR invalid cursor');
  let pattern = '*';
  let type = 'string';
  for (let i = 0; i < options.length; i += 2) {
    const option = toText(options[i]).toLowerCase();
    const value = options[i + 1];
    if (value === undefined || !['match', 'count', 'type'].includes(option)) throw syntaxError();
    if (option === 'match') pattern = toText(value);
    if (option === 'type') type = toText(value).toLowerCase();
    if (option === 'count' && toInteger(value) < 1n) throw syntaxError();
  }
  const isAsked = type === 'string' && toText(cursor) === '0';
  const found = isAsked ? keys.keys().filter((key) => matchesGlob(pattern, key)) : [];
  return array([bulk('0'), bulks(found)]);
}

function checkFlushOptions(options: readonly Buffer[]): void {
  const isKnown = ['async', 'sync'].includes(toText(options[0]).toLowerCase());
  if (options.length > 1 || (options.length === 1 && !isKnown)) throw syntaxError();
}

export const keyCommands: CommandTable = {
  del: { arity: -2, run: (names, { keys }) => countWhere(names, (name) => keys.delete(name)) },
  unlink: { arity: -2, run: (names, { keys }) => countWhere(names, (name) => keys.delete(name)) },
  exists: { arity: -2, run: (names, { keys }) => countWhere(names, (name) => keys.get(name) !== undefined) },
  type: {
    arity: 2,
    run: ([key], { keys }) => simple(keys.get(toText(key)) === undefined ? 'none' : 'string'),
  },
  expire: { arity: -3, run: expireBy('ex', 'expire') },
  pexpire: { arity: -3, run: expireBy('px', 'pexpire') },
  ttl: {
    arity: 2,
    run(args, context) {
      const left = timeLeft(args, context);
      return integer(left < 0 ? left : Math.round(left / 1000));
    },
  },
  pttl: { arity: 2, run: (args, context) => integer(timeLeft(args, context)) },
  persist: {
    arity: 2,
    run([key], { keys }) {
      const entry = keys.get(toText(key));
      if (entry === undefined || entry.expiresAt === null) return integer(0);
      keys.set(toText(key), { value: entry.value, expiresAt: null });
      return integer(1);
    },
  },
  keys: {
    arity: 2,
    run: ([pattern], { keys }) => bulks(keys.keys().filter((key) => matchesGlob(toText(pattern), key))),
  },
  scan: { arity: -2, run: scan },
  dbsize: { arity: 1, run: (_args, { keys }) => integer(keys.size()) },
  flushdb: {
    arity: -1,
    run(options, { keys }) {
      checkFlushOptions(options);
      keys.clear();
      return ok;
    },
  },
  flushall: {
    arity: -1,
    run(options, { server }) {
      checkFlushOptions(options);
      for (const keys of server.databases) keys.clear();
      return ok;
    },
  },
};
