import type { Page } from 'playwright-core';

/**
 * What does not keep to its place, as the element and by how much: the page or a box in it that scrolls to the side,
 * and buttons that reach out of the window or are too narrow for their words. Also within shadow roots.
 */
export async function findOverflow(page: Page): Promise<string[]> {
  // Half-way through an animation, nothing is where it will be.
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
  });
  return page.locator('html, body *').evaluateAll((elements) => {
    const width = document.documentElement.clientWidth;
    return elements.flatMap((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      // What is there for screen readers alone has an extent of 1 px.
      if (own <= 1) return [];
      const isButton = element.matches('button, [role=button]');
      const isScrolled =
        element === document.scrollingElement || /auto|scroll/.test(getComputedStyle(element).overflowX);
      const inner = element.scrollWidth - element.clientWidth;
      // Its pages stand in a row that is moved to the side on phones.
      const isTooWide = (isButton || isScrolled) && inner > 1 && !element.matches('nav');
      const isOutside = isButton && (left < -1 || right > width + 1);
      const name = `${element.tagName}.${element.className}`;
      return [
        ...(isTooWide ? [`${name} is ${inner} px too narrow`] : []),
        ...(isOutside ? [`${name} reaches from ${left} to ${right} of ${width}`] : []),
      ];
    });
  });
}
