import { enableShadowDOM } from 'react-stately/private/flags/flags';
import { makeAskfilePrompts } from './element.js';

// Where pages are made on a server there is nothing to define; the script may run there all the same.
if (typeof customElements !== 'undefined' && customElements.get('askfile-prompts') === undefined) {
  enableShadowDOM();
  customElements.define('askfile-prompts', makeAskfilePrompts());
}
