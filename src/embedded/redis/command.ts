import type { Hub, Receiver } from './hub.js';
import type { Keyspace } from './keyspace.js';
import { ReplyError } from './replies.js';

/** What all connections of one server share. */
export interface ServerState {
  readonly databases: readonly Keyspace[];
  readonly hub: Hub;
  readonly password: string;
  readonly port: number;
  readonly now: () => number;
  readonly startedAt: number;
  readonly connections: ReadonlySet<unknown>;
  /** So that COMMAND can tell; names are in lower case. */
  readonly commands: ReadonlyMap<string, Command>;
}

/** One connection, as commands see it. */
export interface Client extends Receiver {
  readonly id: number;
  name: string;
  isAuthenticated: boolean;
  database: number;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  transaction: Transaction | null;
  /** Ends the connection once what was replied is sent. */
  end(): void;
}

/** Between MULTI and EXEC. */
export interface Transaction {
  readonly queue: { readonly command: Command; readonly args: readonly Buffer[] }[];
  /** A command was refused, so that EXEC runs none. */
  isBroken: boolean;
}

export interface Context {
  readonly client: Client;
  readonly server: ServerState;
  /** The client's selected database. */
  readonly keys: Keyspace;
}

export interface Command {
  /** As Redis counts: with the command's own name; negative: at least so many. */
  readonly arity: number;
  /** Allowed before AUTH. */
  readonly isOpen?: true;
  /** Allowed while subscribed. */
  readonly isForSubscribers?: true;
  /** How it behaves between MULTI and EXEC: queued by default. */
  readonly inTransaction?: 'now' | 'refused';
  /** Returns the encoded reply, or throws `ReplyError`. */
  run(args: readonly Buffer[], context: Context): Buffer;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** Bytes as text, one character a byte, so that nothing is lost. */
export function toText(bytes: Buffer | undefined): string {
  return bytes?.toString('latin1') ?? '';
}

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

export function toInteger(bytes: Buffer | undefined): bigint {
  const text = toText(bytes);
  const value = /^(0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || !isInt64(value))
    throw new ReplyError('ERR value is not an integer or out of range');
  return value;
}

export function isInt64(value: bigint): boolean {
  return value >= int64.min && value <= int64.max;
}

export const syntaxError = () => new ReplyError('ERR syntax error');
