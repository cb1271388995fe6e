import { makeApi, type Api } from './api.js';
import { fileOf, pdf, type seedHeart } from './heart.js';
import { token, type TestBackends, type TestService } from './service.js';

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

/** By the name of the mutation; each makes what it is done to, anew every time. */
export type Acts = Readonly<Record<string, () => Promise<Act | Look>>>;

/** On what acts are prepared. MULTIPART_FROM_BYTES is 5 MiB there, and PROMPT_LIMIT_PER_USER large. */
export interface ActStage {
  readonly backends: TestBackends;
  readonly url: TestService['url'];
  readonly people: Awaited<ReturnType<typeof seedHeart>>;
  /** In everything that people and agents write, and in nothing that is on record. */
  readonly canary: string;
  /** Of what is done in a space; a new one each time unless it is given. */
  readonly spaceId?: string;
}

export const actBytes = pdf();
export const actFile = ({ canary }: ActStage) => ({
  ...fileOf(actBytes),
  filename: `${canary}.pdf`,
  description: canary,
});

/** Of the one thing that the answer is. */
export const idIn = (field: string) => (answer: Record<string, { id: string }>) => answer[field]?.id ?? '';

let numbers = 0;
/** Another name each time. */
export const anew = (name: string) => `${name}-${(numbers += 1)}`;

/** Somebody who has signed in; their API and their id. */
export async function newPerson({ url }: ActStage): Promise<{ id: string; api: Api }> {
  const id = anew('person');
  const api = makeApi(url, await token(id));
  await api.get('{ viewer { id } }');
  return { id, api };
}
