import { use, type ComponentType } from 'react';

/** A part of the page could not be loaded: there was no connection, or the service has been updated since. */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded';
  constructor(
    /** Whatever shows the part from now on, tries again. */
    readonly forget: () => void,
    cause: unknown,
  ) {
    super('A part of the page could not be loaded.', { cause });
  }
}

/**
 * A component that is loaded when it is first shown, within a Suspense and a PageBoundary. Unlike what React makes
 * of it with `lazy`, it can be had after a failure, too.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loading: Promise<ComponentType<Props>> | undefined;
  const forget = () => {
    loading = undefined;
  };
  // The same promise each time, also a failed one: React renders again before it gives up.
  const get = () =>
    (loading ??= load().catch((cause: unknown) => {
      throw new NotLoaded(forget, cause);
    }));

  return function Later(props) {
    const Loaded = use(get());
    return <Loaded {...props} />;
  };
}
