import { TriangleAlert } from 'lucide-react';
import { toRefusal } from '../words/refusals.js';

/** Nothing while there is no error. */
export function RefusalBanner({ error }: { error: unknown }) {
  if (error === undefined) return null;
  const { title, advice } = toRefusal(error);
  return (
    <div role="alert" className="banner banner-danger">
      <TriangleAlert aria-hidden size={20} />
      <p>
        <strong>{title}</strong> {advice}
      </p>
    </div>
  );
}
