/**
 * Resolves once `condition` holds, looking every 10 ms; throws when it does not within `deadlineMs`, which only how
 * soon a failure is seen depends on.
 */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Not so after ${deadlineMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Until what is expected is so: for what a page shows in a moment. Fails as `expectation` does in the end. */
export async function eventually(expectation: () => Promise<void>, deadlineMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
