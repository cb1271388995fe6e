import { seedHeart } from '../tests/support/heart.js';
import {
  createFolder,
  createSpace,
  deleteFolder,
  moveFolderMutation,
  renameFolderMutation,
} from '../tests/support/spaces.js';
import { startDatabase } from './support/database.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { seedFiles } from './support/seed.js';
import { startService } from './support/service.js';

/** Folders that are deleted in the end, one after another. */
const trees = 3;
/** Beneath each of them, with the files in them. */
const subfolders = 10;

/** What it costs to rename, move and delete a folder with very many files beneath, in an organization with more. */
export async function measureFolders({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [filesBeneath, filesInAll, rounds] = quick ? [10_000, 50_000, 10] : [100_000, 1_000_000, 50];
  const databaseUrl = await startDatabase(scope);
  const service = await startService({
    scope,
    dataDir: await makeTempDir(scope),
    env: { DATABASE_URL: databaseUrl },
  });
  const { admin } = await seedHeart(service);
  const { viewer } = await admin.get<{ viewer: { organization: { id: string } } }>(
    '{ viewer { organization { id } } }',
  );
  const space = await createSpace(admin, 'Large');
  const at = { orgId: viewer.organization.id, spaceId: space.id };
  await seedFiles(databaseUrl, { ...at, count: filesInAll - trees * filesBeneath });
  const tops: string[] = [];
  for (let tree = 0; tree < trees; tree += 1) {
    const top = await createFolder(admin, space.id, `top ${tree}`);
    const folderIds: string[] = [];
    for (let sub = 0; sub < subfolders; sub += 1) {
      folderIds.push((await createFolder(admin, space.id, `sub ${sub}`, top.id)).id);
    }
    await seedFiles(databaseUrl, { ...at, folderIds, count: filesBeneath });
    tops.push(top.id);
  }
  const target = await createFolder(admin, space.id, 'target');

  const renames: number[] = [];
  const moves: number[] = [];
  const id = tops[0];
  for (let round = 0; round < rounds; round += 1) {
    const name = `renamed ${round}`;
    renames.push(await timed(() => admin.get(renameFolderMutation, { id, name })));
    const parentId = round % 2 === 0 ? target.id : null;
    moves.push(await timed(() => admin.get(moveFolderMutation, { id, parentId })));
  }
  const deletions: number[] = [];
  for (const top of tops) deletions.push((await timed(() => deleteFolder(admin, top, true))) / 1000);

  const beneath = `${filesBeneath.toLocaleString('en-US')} files in ${subfolders} folders beneath, of ${filesInAll.toLocaleString('en-US')}`;
  return [
    { name: 'renameFolder', unit: 'ms', values: renames, how: `${beneath}; over HTTP` },
    { name: 'moveFolder', unit: 'ms', values: moves, how: 'the same' },
    { name: 'deleteFolder, recursive', unit: 's', values: deletions, how: 'the same, each into the trash' },
  ];
}

/** In milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
