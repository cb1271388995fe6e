import { TriangleAlert } from 'lucide-react';
import { toFileRefusal } from './file-refusals.js';

/** Why something was not done, in place. */
export function FileRefusal({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const { title, advice } = toFileRefusal(error);
  return (
    <div role="alert" className="banner banner-danger">
      <TriangleAlert aria-hidden size={20} />
      <p>
        <strong>{title}</strong>
        {advice}
      </p>
    </div>
  );
}
