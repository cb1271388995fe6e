import { toInteger } from '../command.js';
import { ReplyError } from '../replies.js';

/**
 * The moment that `ex`, `px` (from now), `exat` or `pxat` (since the epoch) name, in milliseconds since the epoch.
 * Throws what Redis answers to a time that isn't positive or has no meaning.
 */
export function toExpiry(unit: string, time: Buffer | undefined, now: number, command: string): number {
  const amount = toInteger(time);
  if (amount <= 0n) throw invalid(command);
  return toMoment(amount, unit, now, command);
}

/** The same, but the time may be past. */
export function toMoment(amount: bigint, unit: string, now: number, command: string): number {
  const milliseconds = unit.startsWith('ex') ? amount * 1000n : amount;
  const moment = unit.endsWith('at') ? milliseconds : milliseconds + BigInt(now);
  if (moment > BigInt(Number.MAX_SAFE_INTEGER) || moment < BigInt(Number.MIN_SAFE_INTEGER))
    throw invalid(command);
  return Number(moment);
}

function invalid(command: string): ReplyError {
  return new ReplyError(`ERR invalid expire time in '${command}' command`);
}
