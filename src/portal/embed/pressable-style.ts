/** React Aria's id for the rule that it puts into a page, unless there is an element of that id. */
const id = 'react-aria-pressable-style';

/**
 * Keeps React Aria from putting a style element into the page, which a strict policy of the page would refuse with a
 * report. The rule is given by a style sheet in its place, for components of the page's own that need it.
 */
export function providePressableStyle(): void {
  if (document.getElementById(id) !== null) return;
  const mark = document.createElement('meta');
  mark.id = id;
  document.head.prepend(mark);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('@layer { [data-react-aria-pressable] { touch-action: pan-x pan-y pinch-zoom } }');
  document.adoptedStyleSheets.push(sheet);
}
