import type { Page } from 'playwright-core';

/** The text of what has the focus, also within shadow roots, or its name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    return element.getAttribute('aria-label') ?? element.innerText;
  });
}

/** Presses Tab until the focus is there; fails after going once around. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const text = await focused(page);
    if (typeof name === 'string' ? text === name : name.test(text)) return;
    seen.push(text);
  }
  throw new Error(`Tab does not lead to ${name}, only to: ${seen.join(' | ')}`);
}
