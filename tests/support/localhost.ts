import dns from 'node:dns';

/**
 * Resolves every name beneath `localhost` as browsers do, which not every system's resolver does, for this process.
 * Returns what ends it.
 */
export function resolveLocalhost(): () => void {
  const { lookup } = dns;
  // The overloads of `lookup` are one function, which is handed on whatever it was given.
  const resolve = (hostname: string, ...rest: unknown[]) =>
    (lookup as (...given: unknown[]) => void)(
      hostname.endsWith('.localhost') ? '127.0.0.1' : hostname,
      ...rest,
    );
  dns.lookup = Object.assign(resolve, lookup);
  return () => {
    dns.lookup = lookup;
  };
}
