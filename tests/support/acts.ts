import type { Api } from './api.js';

/** One call that changes something, with what goes on record of it. */
export interface Act {
  readonly by: Api;
  readonly document: string;
  readonly variables: object;
  /** Of what it changed; found in its answer where the call makes it. */
  readonly subject: string | ((answer: never) => string);
  readonly details: object;
  /** How often it is on record once it was asked for again; once, unless that is to be known too. */
  readonly again?: number;
}

/** One that changes nothing, and why. */
export interface Look extends Pick<Act, 'by' | 'document' | 'variables'> {
  readonly changesNothing: string;
}
