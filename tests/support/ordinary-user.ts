import { detectIsolation, findNobody } from '../../src/embedded/isolation.js';
import { findCommands } from '../../src/embedded/commands.js';

/**
 * A command prefix that runs the rest as a user without privileges who owns what we own. Empty where we are one
 * already. As root it needs a user namespace; where there is none, the user nobody has to do, who owns nothing.
 */
export async function findOrdinaryUser(): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const commands = await findCommands(['unshare', 'setpriv']);
  const { owner } = await detectIsolation(commands);
  if (owner === null) return [commands.unshare ?? '', '-U', '--map-user=1000', '--map-group=1000', '--'];
  const { uid, gid } = await findNobody();
  return [commands.setpriv ?? '', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
}
