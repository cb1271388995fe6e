import { RefusalAlert } from '../ui/refusal-alert.js';
import { toRefusal } from '../words/refusals.js';

/** Nothing while there is no error. */
export function RefusalBanner({ error }: { error: unknown }) {
  return error === undefined ? null : <RefusalAlert {...toRefusal(error)} />;
}
