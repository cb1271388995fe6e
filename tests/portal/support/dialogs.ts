import type { Locator, Page } from 'playwright-core';

/** The dialog in front of a page. The menu that led to it is a dialog, too, for as long as it takes to go away. */
export function dialogOf(page: Page | Locator): Locator {
  return page.locator('[role=dialog]:not(.popover)');
}
