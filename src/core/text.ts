/** Controls that are no line breaks or tabs, and marks that turn the direction of text around. */
const unprintable = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** Whether the text can be shown as it is, and kept: Postgres takes no NUL. */
export function isPrintable(text: string): boolean {
  return !unprintable.test(text);
}

const lineBreaks = /[\t\n\r\p{Zl}\p{Zp}]/u;
const loneSurrogates = /\p{Cs}/u;

/** The same, for what stands on one line: a name or an id of somebody else's. */
export function isPrintableLine(text: string): boolean {
  return isPrintable(text) && !lineBreaks.test(text) && !loneSurrogates.test(text);
}
