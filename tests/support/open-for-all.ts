import { openBackends, openService } from './service.js';
import type { TestBackends, TestService, TestServiceOptions } from './service.js';

interface Opened {
  readonly backends: TestBackends;
  readonly service: TestService;
}

/**
 * For all tests of a file: backends, and one process of the service on them. Closed after the last, and after what
 * `afterAll` was given before.
 */
export function openForAll(
  options: TestServiceOptions,
  onOpened: (opened: Opened) => Promise<unknown> | void,
): void {
  let opened: Opened | undefined;
  let backends: TestBackends | undefined;

  beforeAll(async () => {
    backends = await openBackends();
    opened = { backends, service: await openService(backends, options) };
    await onOpened(opened);
  });

  afterAll(async () => {
    await opened?.service.close();
    await backends?.close();
  });
}
