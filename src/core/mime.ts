import { mimeAliases } from './mime-aliases.js';

/** RFC 6838's restricted names; 127 characters on each side of the slash at most. */
const name = '[a-z0-9][a-z0-9!#$&^_.+-]{0,126}';
const concrete = new RegExp(`^${name}/${name}$`);
const group = new RegExp(`^${name}/\\*$`);

const canonicalNames = new Map(
  Object.entries(mimeAliases).flatMap(([type, aliases]) => aliases.split(' ').map((alias) => [alias, type])),
);

/**
 * In lower case, without parameters (`text/plain; charset=utf-8` is `text/plain`) and by its canonical name
 * (`image/jpg` is `image/jpeg`); undefined when it is none.
 */
export function normalizeMimeType(text: string): string | undefined {
  const type = (text.split(';', 1)[0] ?? '').trim().toLowerCase();
  return concrete.test(type) ? toCanonicalMimeType(type) : undefined;
}

/** Of a type in lower case without parameters. One that has no other name that we know comes back as it is. */
export function toCanonicalMimeType(type: string): string {
  return canonicalNames.get(type) ?? type;
}

/** The same, for a rule that types are held against: `image/*` too. */
export function normalizeMimePattern(text: string): string | undefined {
  const pattern = text.trim().toLowerCase();
  return group.test(pattern) ? pattern : normalizeMimeType(text);
}

/** Whether one of the rules, types or `image/*`-like, covers the type. All of them normalised. */
export function isMimeTypeAllowed(mimeType: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => coversMimeType(pattern, mimeType));
}

export function coversMimeType(pattern: string, mimeType: string): boolean {
  return pattern === mimeType || (pattern.endsWith('/*') && mimeType.startsWith(pattern.slice(0, -1)));
}
