import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const built = (path: string) => fileURLToPath(new URL(`../../dist/portal/${path}`, import.meta.url));
const gzippedBytes = (path: string) => gzipSync(readFileSync(built(path)), { level: 9 }).length;

test('what the page loads before it shows anything stays under 300 kB, gzipped', () => {
  const index = readFileSync(built('index.html'), 'utf8');
  // Scripts, what they import from the start, styles, the icon; fonts come besides, and only those of the text's letters.
  const loaded = [...index.matchAll(/(?:src|href)="\/(static\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(loaded.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0);
  expect(loaded.filter((path) => path.endsWith('.css')).length).toBeGreaterThan(0);
  const latin = readFileSync(built(loaded.find((path) => path.endsWith('.css')) ?? ''), 'utf8');
  const font = /static\/inter-latin-wght-normal[^)"']+|inter-latin-wght-normal[^)"']+/.exec(latin)?.[0] ?? '';
  const fontBytes = statSync(built(`static/${font.split('/').at(-1)}`)).size;
  const total = ['index.html', ...loaded].reduce((sum, path) => sum + gzippedBytes(path), fontBytes);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThan(300_000);
});

describe('the script for pages of others', () => {
  test('is one file of less than 250 kB, gzipped', () => {
    expect(gzippedBytes('embed/askfile-prompts.js')).toBeLessThan(250_000);
    // It loads no part of itself later, and asks nobody else for anything.
    expect(readFileSync(built('embed/askfile-prompts.js'), 'utf8')).not.toMatch(/\bimport\(|@import/);
  });

  test('does nothing where there is no browser, as on a server that makes pages', () => {
    const script = JSON.stringify(built('embed/askfile-prompts.js'));
    const { status, stderr } = spawnSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `await import(${script})`,
    ]);
    expect([status, stderr.toString()]).toEqual([0, '']);
  });
});
