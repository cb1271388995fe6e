/**
 * Does something for each item, one after the other, although some fail: one that cannot be done does not hold up
 * the rest. Throws an AggregateError of the failures in the end.
 */
export async function forEachAnyway<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${items.length} failed`);
}
