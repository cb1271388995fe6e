import ksuid from 'ksuid';

/** A KSUID: 27 characters of base 62, sortable by second of creation, 128 random bits. */
export function newId(): string {
  return ksuid.randomSync().string;
}

const pattern = /^[0-9A-Za-z]{27}$/;

/** Whether it has the form of an id of ours; a cheap refusal before any query. */
export function isId(text: string): boolean {
  return pattern.test(text);
}
