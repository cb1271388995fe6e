import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** Drags files and folders of the disk over the middle of an element. `drop` lets go of them there, `leave` drags them on. */
export async function dragOver(page: Page, target: Locator, paths: readonly string[]) {
  const session = await page.context().newCDPSession(page);
  const box = await target.boundingBox();
  if (box === null) throw new Error('It is not in sight.');
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 200) };
  const dispatch = (type: 'dragEnter' | 'dragOver' | 'drop', where = at) =>
    session.send('Input.dispatchDragEvent', { type, ...where, data });
  await dispatch('dragEnter');
  await dispatch('dragOver');
  return { drop: () => dispatch('drop'), leave: () => dispatch('dragOver', { x: 5, y: 5 }) };
}

/** Files on disk, by their paths beneath a folder of their own; a path that ends in a slash is an empty folder. */
export async function makeTree(files: Readonly<Record<string, string | Buffer>>) {
  const root = await mkdtemp(join(tmpdir(), 'askfile-tree-'));
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    if (path.endsWith('/')) await mkdir(full, { recursive: true });
    else {
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, content);
    }
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
