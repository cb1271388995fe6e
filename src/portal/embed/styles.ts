import base from '../styles/base.css?inline';
import controls from '../styles/controls.css?inline';
import files from '../styles/files.css?inline';
import requests from '../styles/requests.css?inline';
import tokens from '../styles/tokens.css?inline';
import vault from '../styles/vault.css?inline';
import embed from './embed.css?inline';

let sheet: CSSStyleSheet | undefined;

/** All styles of the element, shared by those of a page. No `style-src` of the page's policy is about these. */
export function getStyles(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync([tokens, base, controls, requests, files, vault, embed].join('\n'));
  }
  return sheet;
}
