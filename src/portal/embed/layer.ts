/**
 * An element of the browser's top layer, for dialogs: nothing of the page covers or clips it, whatever is around us.
 * It is there only while something is in it.
 */
export function makeLayer() {
  const element = document.createElement('div');
  element.className = 'layer';
  element.popover = 'manual';
  const emptied = new MutationObserver(() => {
    if (element.childElementCount === 0 && element.matches(':popover-open')) element.hidePopover();
  });
  emptied.observe(element, { childList: true });

  function show(): void {
    if (element.isConnected && !element.matches(':popover-open')) element.showPopover();
  }

  return {
    element,

    /** Shown before anything is put in, which could not take the focus otherwise. */
    ready(): HTMLElement {
      show();
      return element;
    },

    /** After having been moved, which closes it. */
    restore(): void {
      if (element.childElementCount > 0) show();
    },
  };
}
