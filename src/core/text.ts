const unstorable = /[\0\p{Cs}]/u;

/**
 * Whether the text stays as it is in Postgres, which takes no NUL, and in UTF-8, where every half of a character
 * becomes the same sign: what differs in those would be one.
 */
export function isStorable(text: string): boolean {
  return !unstorable.test(text);
}

/** Controls that are no line breaks or tabs, halves of characters, and marks that turn the direction of text around. */
const unprintable = /(?![\t\n\r])\p{Cc}|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/** Whether the text can be shown as it is, and kept. */
export function isPrintable(text: string): boolean {
  return !unprintable.test(text);
}

/** Controls, line separators and the byte order mark. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu;
/** What reorders the text around it, and shows a name that ends in `gpj.exe` as one that ends in `exe.jpg`. */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const loneSurrogates = /\p{Surrogate}/gu;

/** A name of one line that shows as what it is, in NFC: without controls, bidi controls and halves of characters. */
export function toPlainName(text: string): string {
  return text.replace(loneSurrogates, '').replace(controls, '').replace(bidiControls, '').normalize('NFC');
}

/** Whether it is such a name already, though perhaps not in NFC. */
export function isPrintableLine(text: string): boolean {
  return toPlainName(text) === text.normalize('NFC');
}

/** As many whole characters from its start as take `maxBytes` of UTF-8 at most. */
export function cutText(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text).subarray(0, maxBytes + 1);
  let end = maxBytes;
  // Never inside a character: its further bytes begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
