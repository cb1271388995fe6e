import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that keeps people out, as `rule: element`; what is there only in passing does not. */
export async function findBarriers(page: Page): Promise<string[]> {
  // By the debugger, as the console would: a script element is what the page's policy refuses.
  await page.evaluate(axe);
  const found = await look(page);
  return found.length === 0 ? found : look(page);
}

async function look(page: Page): Promise<string[]> {
  // What is about to be replaced is dimmed.
  await page.locator('.is-stale').waitFor({ state: 'detached' });
  // Half-way through an animation, colours are not what they are.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  const { violations } = await page.evaluate(() =>
    // Put there by the caller, which the window's type does not know.
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
