/** Longer text is cut before it is looked at, so that a log line costs the same whatever caused it. */
const maxTextChars = 16_384;

/**
 * What must never reach a log, as it looks inside free text. In this order: a URL loses its password and its
 * query before single parameters are looked for in what is left.
 */
const patterns: readonly (readonly [what: RegExp, shown: string])[] = [
  // A failed query's parameters are people's data. Drizzle appends them to the message, and V8 to the stack.
  [/\nparams: [\s\S]*?(?=\n {4}at |$)/g, '\nparams: [redacted]'],
  // Greedy up to the last @, because a password may hold one.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/@:"']*):[^\s"'<>]*@/gi, '$1:[redacted]@'],
  [/\b(https?:\/\/[^\s"'<>?#]+)\?[^\s"'<>]*/gi, '$1?[redacted]'],
  [/\b(X-Amz-[A-Za-z-]+|AWSAccessKeyId|Credential|Signature)(=|%3D)[^\s&,;"'<>]+/gi, '$1$2[redacted]'],
  // Not the pattern of the route, `/d/:token`.
  [/(\/d\/)(?!:)[^\s/?#"'<>]+/g, '$1[redacted]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]*(?:\.[\w-]*)?/g, '[redacted JWT]'],
  [/\bak_[\w-]+/g, 'ak_[redacted]'],
  [
    /((?:pass(?:word|wd)?|secret|token|authorization|api_?key|access_?key)["']?(?:=|["']\s*:\s*["']?))[^\s"'&,;}]+/gi,
    '$1[redacted]',
  ],
];

/**
 * The text without credentials: bearer tokens, JWTs, app keys, queries of URLs (presigned ones among them),
 * download links, passwords in connection strings, parameters of failed queries. At most 16 KiB of it.
 */
export function redact(text: string): string {
  const cut = text.length > maxTextChars ? `${text.slice(0, maxTextChars)}… (cut)` : text;
  return patterns.reduce((rest, [what, shown]) => rest.replace(what, shown), cut);
}
