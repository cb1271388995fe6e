import { AskfileError } from './errors.js';
import type { PresignedRequest } from './types.js';

/** Few enough that what is signed is sent before its time is over, and that each call keeps the upload alive. */
const SIGNED_AT_ONCE = 8;
/** A request that ends sooner is not begun any more. */
const MIN_LIFETIME_MS = 5_000;

export type SignParts = (
  partNumbers: readonly number[],
) => Promise<readonly { readonly partNumber: number; readonly request: PresignedRequest }[]>;

/** Requests for the parts in `todo`, a few signed by one call, each signed anew when its time is over. */
export function makePartSigner(sign: SignParts, todo: readonly number[], isDone: (part: number) => boolean) {
  const batches = new Map<number, ReturnType<SignParts>>();

  /** Signs it anew, with its neighbours that are still to be sent. */
  async function renew(partNumber: number): Promise<PresignedRequest> {
    const index = todo.indexOf(partNumber);
    const group = todo.slice(index - (index % SIGNED_AT_ONCE)).slice(0, SIGNED_AT_ONCE);
    const numbers = group.filter((part) => part === partNumber || !isDone(part));
    const batch = sign(numbers);
    for (const number of numbers) batches.set(number, batch);
    return find(await batch, partNumber);
  }

  return {
    renew,

    async get(partNumber: number): Promise<PresignedRequest> {
      const batch = batches.get(partNumber);
      if (batch === undefined) return renew(partNumber);
      const known = await batch.catch(() => undefined);
      if (known === undefined) return renew(partNumber);
      const request = find(known, partNumber);
      // By a clock that is ahead it is only signed more often.
      const lifetimeMs = Date.parse(request.expiresAt) - Date.now();
      return lifetimeMs > MIN_LIFETIME_MS ? request : renew(partNumber);
    },
  };
}

function find(parts: Awaited<ReturnType<SignParts>>, partNumber: number): PresignedRequest {
  const part = parts.find((signed) => signed.partNumber === partNumber);
  if (part === undefined) {
    throw new AskfileError('UNEXPECTED_RESPONSE', `The service did not sign part ${partNumber}.`);
  }
  return part.request;
}
