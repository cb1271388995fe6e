import type { ChangeMessage } from '../../core/events.js';
import type { Log } from '../../core/log.js';

export interface WakeUpOptions {
  readonly send: (channel: string, message: ChangeMessage) => Promise<void>;
  readonly log: Log;
}

/** A Redis that takes bytes but answers nothing must not fill our memory: beyond this, wake-ups are dropped. */
const maxInFlight = 10_000;

/** Sends and forgets. The first failure of a row is logged as a warning, the others at debug. */
export function makeWakeUps({ send, log }: WakeUpOptions): (channel: string, message: ChangeMessage) => void {
  let inFlight = 0;
  let isFailing = false;

  function fail(channel: string, error: string): void {
    if (isFailing) log.debug({ channel, error }, 'a wake-up was not sent');
    else log.warn({ channel, error }, 'a wake-up was not sent; further ones are logged at debug');
    isFailing = true;
  }

  return (channel, message) => {
    if (inFlight >= maxInFlight) return fail(channel, 'redis does not keep up');
    inFlight += 1;
    send(channel, message)
      .then(
        () => (isFailing = false),
        (error: unknown) => fail(channel, error instanceof Error ? error.message : String(error)),
      )
      .finally(() => (inFlight -= 1));
  };
}
