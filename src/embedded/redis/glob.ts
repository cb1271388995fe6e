/**
 * Redis's patterns: `*`, `?`, `[a-z]`, `[^a]` and `\` before a special character. Goes back to the last `*` only,
 * so the time is bounded by the product of the lengths whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let afterStar = -1;
  let resumeAt = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      afterStar = p += 1;
      resumeAt = t;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, text.charCodeAt(t)) : undefined;
    if (next !== undefined) {
      p = next;
      t += 1;
    } else if (afterStar >= 0) {
      p = afterStar;
      t = resumeAt += 1;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Where the pattern goes on when its element at `p` takes this character. */
function matchOne(pattern: string, p: number, code: number): number | undefined {
  const character = pattern[p];
  if (character === '?') return p + 1;
  if (character === '[') return matchClass(pattern, p + 1, code);
  const literal = character === '\\' && p + 1 < pattern.length ? p + 1 : p;
  return pattern.charCodeAt(literal) === code ? literal + 1 : undefined;
}

function matchClass(pattern: string, start: number, code: number): number | undefined {
  const isNegated = pattern[start] === '^';
  let isIn = false;
  let p = isNegated ? start + 1 : start;
  for (; p < pattern.length && pattern[p] !== ']'; p += 1) {
    if (pattern[p] === '\\' && p + 1 < pattern.length) p += 1;
    const low = pattern.charCodeAt(p);
    if (pattern[p + 1] === '-' && p + 2 < pattern.length) {
      p += 2;
      const high = pattern.charCodeAt(p);
      if (Math.min(low, high) <= code && code <= Math.max(low, high)) isIn = true;
    } else if (low === code) {
      isIn = true;
    }
  }
  // A class that is never closed ends with the pattern.
  return isIn !== isNegated ? Math.min(p + 1, pattern.length) : undefined;
}
