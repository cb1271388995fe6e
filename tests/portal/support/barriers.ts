import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that keeps people out, as `rule: element`. */
export async function findBarriers(page: Page): Promise<string[]> {
  // What is about to be replaced is dimmed.
  await page.locator('.is-stale').waitFor({ state: 'detached' });
  // Half-way through an animation, colours are not what they are.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  // By the debugger, as the console would: a script element is what the page's policy refuses.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    // Put there by the line above, which the window's type does not know.
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
