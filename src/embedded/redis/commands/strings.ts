import { isInt64, syntaxError, toInteger, toText, type CommandTable, type Context } from '../command.js';
import { bulk, integer, nil, ok, ReplyError } from '../replies.js';
import { toExpiry } from './expiry.js';

interface SetOptions {
  condition?: 'nx' | 'xx';
  get?: boolean;
  keepTtl?: boolean;
  expiresAt?: number;
}

function parseSetOptions(args: readonly Buffer[], now: number): SetOptions {
  const options: SetOptions = {};
  for (let i = 0; i < args.length; i += 1) {
    const option = toText(args[i]).toLowerCase();
    const hasExpiry = options.keepTtl === true || options.expiresAt !== undefined;
    if ((option === 'nx' || option === 'xx') && (options.condition ?? option) === option) {
      options.condition = option;
    } else if (option === 'get') {
      options.get = true;
    } else if (option === 'keepttl' && options.expiresAt === undefined) {
      options.keepTtl = true;
    } else if (['ex', 'px', 'exat', 'pxat'].includes(option) && !hasExpiry && i + 1 < args.length) {
      options.expiresAt = toExpiry(option, args[(i += 1)], now, 'set');
    } else {
      throw syntaxError();
    }
  }
  return options;
}

function set([key, value, ...rest]: readonly Buffer[], { keys, server }: Context): Buffer {
  const name = toText(key);
  const options = parseSetOptions(rest, server.now());
  const before = keys.get(name);
  const isRefused = options.condition === (before === undefined ? 'xx' : 'nx');
  if (!isRefused) {
    const kept = options.keepTtl === true ? before?.expiresAt : undefined;
    keys.set(name, { value: value ?? Buffer.alloc(0), expiresAt: options.expiresAt ?? kept ?? null });
  }
  if (options.get === true) return bulk(before?.value ?? null);
  return isRefused ? nil : ok;
}

function setFor(unit: 'ex' | 'px', command: string) {
  return ([key, time, value]: readonly Buffer[], { keys, server }: Context): Buffer => {
    const expiresAt = toExpiry(unit, time, server.now(), command);
    keys.set(toText(key), { value: value ?? Buffer.alloc(0), expiresAt });
    return ok;
  };
}

function add(key: Buffer | undefined, by: bigint, { keys }: Context): Buffer {
  const name = toText(key);
  const before = keys.get(name);
  const sum = (before === undefined ? 0n : toInteger(before.value)) + by;
  if (!isInt64(sum)) throw new ReplyError('ERR increment or decrement would overflow');
  keys.set(name, { value: Buffer.from(String(sum)), expiresAt: before?.expiresAt ?? null });
  return integer(sum);
}

function getEx([key, ...rest]: readonly Buffer[], { keys, server }: Context): Buffer {
  const name = toText(key);
  const [unit, time] = rest;
  const option = toText(unit).toLowerCase();
  let expiresAt: number | null | undefined;
  if (option === 'persist' && rest.length === 1) expiresAt = null;
  else if (['ex', 'px', 'exat', 'pxat'].includes(option) && rest.length === 2) {
    expiresAt = toExpiry(option, time, server.now(), 'getex');
  } else if (rest.length > 0) throw syntaxError();
  const entry = keys.get(name);
  if (entry === undefined) return nil;
  if (expiresAt !== undefined) keys.set(name, { value: entry.value, expiresAt });
  return bulk(entry.value);
}

export const stringCommands: CommandTable = {
  get: { arity: 2, run: ([key], { keys }) => bulk(keys.get(toText(key))?.value ?? null) },
  set: { arity: -3, run: set },
  setex: { arity: 4, run: setFor('ex', 'setex') },
  psetex: { arity: 4, run: setFor('px', 'psetex') },
  getex: { arity: -2, run: getEx },
  getdel: {
    arity: 2,
    run([key], { keys }) {
      const entry = keys.get(toText(key));
      keys.delete(toText(key));
      return bulk(entry?.value ?? null);
    },
  },
  incr: { arity: 2, run: ([key], context) => add(key, 1n, context) },
  incrby: { arity: 3, run: ([key, by], context) => add(key, toInteger(by), context) },
  decr: { arity: 2, run: ([key], context) => add(key, -1n, context) },
};
