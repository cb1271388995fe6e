import type { TrashedFieldsFragment } from './generated/types.js';

/** What lies in the trash. */
export type Trashed = TrashedFieldsFragment;

/** How long it can still be restored: "23 hours left". `now` in ms since 1970. */
export function toTimeToRestore(restorableUntil: string | null, now: number): string {
  const minutes = restorableUntil === null ? 0 : Math.floor((Date.parse(restorableUntil) - now) / 60_000);
  if (minutes < 0) return 'About to go';
  if (minutes < 1) return 'Less than a minute left';
  if (minutes < 60) return count(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
}

/** Below an hour, it is time to hurry. */
export function isUrgent(restorableUntil: string | null, now: number): boolean {
  return restorableUntil === null || Date.parse(restorableUntil) - now < 3_600_000;
}

/** Where it lay, and comes back to: "Default / drafts", "What Buno keeps of you". */
export function toPlaceWords(
  { space, path, filename, memoryUrn }: Trashed,
  agentNames: ReadonlyMap<string, string>,
): string {
  if (space === null) {
    const agent = agentNames.get(memoryUrn ?? '');
    return agent === undefined ? 'An agent’s memory' : `What ${agent} keeps of you`;
  }
  const folders =
    path
      ?.slice(0, -filename.length - 1)
      .split('/')
      .filter((name) => name !== '') ?? [];
  return [space.name, ...folders].join(' / ');
}

/** What was restored, and where it is now; `before` is how it was shown. */
export function toRestoredWords(
  restored: readonly { readonly before: Trashed; readonly now: Trashed }[],
  agentNames: ReadonlyMap<string, string>,
): string {
  const moved = restored.filter(({ before, now }) => before.folder !== null && now.folder === null);
  const [first] = restored;
  if (restored.length === 1 && first !== undefined) {
    const { filename } = first.now;
    const place = toPlaceWords(first.now, agentNames);
    return moved.length === 0
      ? `${filename} is back: ${place}`
      : `${filename} is back, in the root of ${place}: its folder is gone`;
  }
  const where =
    moved.length === 0 ? '' : `. ${moved.length} now in the root of the space: the folder is gone`;
  return `${restored.length} files are back${where}`;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'} left`;
}
