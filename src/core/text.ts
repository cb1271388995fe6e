/** Controls that are no line breaks or tabs, and marks that turn the direction of text around. */
const unprintable = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** Whether the text can be shown as it is, and kept: Postgres takes no NUL. */
export function isPrintable(text: string): boolean {
  return !unprintable.test(text);
}
