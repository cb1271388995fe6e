/**
 * Finds what a path is for. A pattern is a path (`/graphql`), a path one of whose segments is a parameter
 * (`/d/:token`, `/v1/assets/:id/content`), everything beneath one (`/files/*`), or `*` for all the rest.
 */
export function makeRouter<Target>(targets: Readonly<Record<string, Target>>) {
  const byPrefix = Object.entries(targets)
    .filter(([pattern]) => pattern.includes(':'))
    .map(([pattern, target]) => {
      const [prefix = '', parameter = ''] = pattern.split(':');
      return { pattern, target, prefix, suffix: parameter.replace(/^\w+/, '') };
    });
  const byPath = new Map(Object.entries(targets).filter(([pattern]) => pattern.startsWith('/')));
  const beneath = Object.entries(targets)
    .filter(([pattern]) => pattern.endsWith('/*'))
    .map(([pattern, target]) => ({ pattern, target, prefix: pattern.slice(0, -1) }));
  const rest = targets['*'];

  return (path: string): { readonly route: string; readonly target: Target | undefined } => {
    const exact = byPath.get(path);
    if (exact !== undefined) return { route: path, target: exact };
    for (const { pattern, prefix, suffix, target } of byPrefix) {
      if (!path.startsWith(prefix) || !path.endsWith(suffix)) continue;
      const value = path.slice(prefix.length, path.length - suffix.length);
      if (value !== '' && !value.includes('/')) return { route: pattern, target };
    }
    const found = beneath.find(({ prefix }) => path.startsWith(prefix));
    if (found !== undefined) return { route: found.pattern, target: found.target };
    return { route: 'other', target: rest };
  };
}
