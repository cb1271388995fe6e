import { RefusalAlert } from '../ui/refusal-alert.js';
import { toFileRefusal } from './file-refusals.js';

/** Why something was not done, in place. */
export function FileRefusal({ error }: { error: unknown }) {
  return error === null || error === undefined ? null : <RefusalAlert {...toFileRefusal(error)} />;
}
