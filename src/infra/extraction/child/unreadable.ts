/** The file cannot be read, for the reason in the message: plain words, and nothing of what is in the file. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
