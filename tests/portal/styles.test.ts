import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const portal = fileURLToPath(new URL('../../src/portal', import.meta.url));
const sheets = readdirSync(portal, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.css'),
);

/** What stands between a rule's own braces, without the rules within it; by its selector. */
function listRules(css: string): { selector: string; declarations: string }[] {
  const open: { selector: string; declarations: string }[] = [];
  const rules: typeof open = [];
  for (const [, text = '', end] of css.replaceAll(/\/\*[^]*?\*\//g, '').matchAll(/([^{};]*)([{};])/g)) {
    if (end === '{') open.push({ selector: text.trim(), declarations: '' });
    const rule = end === '}' ? open.pop() : open.at(-1);
    if (end === ';' && rule !== undefined) rule.declarations += `${text.trim()};`;
    if (end === '}' && rule !== undefined) rules.push(rule);
  }
  return rules;
}

// A column that is not told how wide it may be grows with the longest word or unbroken line in it.
test.each(sheets)(
  'every grid in %s says how wide its columns are, or has one thing in its middle',
  (file) => {
    const grids = listRules(readFileSync(join(portal, file), 'utf8')).filter(({ declarations }) =>
      /display:\s*(inline-)?grid/.test(declarations),
    );
    const untold = grids.filter(
      ({ declarations }) => !/grid-template-columns|place-items: center/.test(declarations),
    );
    expect(untold.map(({ selector }) => selector)).toEqual([]);
  },
);
