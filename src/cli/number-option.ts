/**
 * The number that an option was given. Throws in plain words unless it is from `min` to `max`, also where nothing was
 * given (an unset variable of a shell), which `Number` would take for 0.
 */
export function toNumber(
  option: string,
  given: string,
  { min = 0, max }: { min?: number; max: number },
): number {
  const number = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (!(number >= min)) throw new Error(`${option} takes a number, ${min} or more.`);
  if (number > max) throw new Error(`${option} takes a number, ${max} at most.`);
  return number;
}
