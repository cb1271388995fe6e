/**
 * Finds what a path is for. A pattern is a path (`/graphql`), a path whose last segment is a parameter
 * (`/d/:token`), or `*` for all the rest.
 */
export function makeRouter<Target>(targets: Readonly<Record<string, Target>>) {
  const byPrefix = Object.entries(targets)
    .filter(([pattern]) => pattern.includes(':'))
    .map(([pattern, target]) => ({ pattern, target, prefix: pattern.slice(0, pattern.indexOf(':')) }));
  const byPath = new Map(Object.entries(targets).filter(([pattern]) => pattern.startsWith('/')));
  const rest = targets['*'];

  return (url: string): { readonly route: string; readonly target: Target | undefined } => {
    const path = url.split('?', 1)[0] ?? '';
    const exact = byPath.get(path);
    if (exact !== undefined) return { route: path, target: exact };
    for (const { pattern, prefix, target } of byPrefix) {
      if (path.startsWith(prefix) && path.length > prefix.length && !path.includes('/', prefix.length)) {
        return { route: pattern, target };
      }
    }
    return { route: 'other', target: rest };
  };
}
