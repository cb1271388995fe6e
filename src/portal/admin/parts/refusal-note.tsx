import { RefusalAlert } from '../../ui/refusal-alert.js';
import { toAdminRefusal } from '../words/refusals.js';

/** Nothing while there is no error. */
export function RefusalNote({ error }: { error: unknown }) {
  return error === undefined || error === null ? null : <RefusalAlert {...toAdminRefusal(error)} />;
}
