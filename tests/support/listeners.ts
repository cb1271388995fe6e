import type { RedisChannels } from '../../src/infra/redis/redis-channels.js';
import type { TestService } from './service.js';

/** How many wait for messages in this process. */
export function listenersOf(service: TestService | undefined): number {
  // The real adapter, of which the application knows less.
  return (service?.adapters.channels as RedisChannels).counts().listeners;
}
