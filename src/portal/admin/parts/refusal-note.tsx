import { TriangleAlert } from 'lucide-react';
import { toAdminRefusal } from '../words/refusals.js';

/** Nothing while there is no error. */
export function RefusalNote({ error }: { error: unknown }) {
  if (error === undefined || error === null) return null;
  const { title, advice } = toAdminRefusal(error);
  return (
    <div role="alert" className="banner banner-danger">
      <TriangleAlert aria-hidden size={20} />
      <p>
        <strong>{title}</strong> {advice}
      </p>
    </div>
  );
}
