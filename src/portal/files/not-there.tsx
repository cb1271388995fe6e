import { FolderX } from 'lucide-react';
import { Link } from 'wouter';
import { AskfileError } from '../../client/index.js';
import { Button } from '../ui/button.js';
import { toRefusal } from '../words/refusals.js';
import { overviewPath } from './place.js';

/** For what does not exist and for what is somebody else's alike. */
export function NotThere() {
  return (
    <div className="browse-note">
      <FolderX aria-hidden size={36} />
      <h1 className="browse-note-title">This is not there</h1>
      <p>It may have been deleted or moved, or it is not shared with you.</p>
      <Link href={overviewPath} className="browse-note-link">
        All your files
      </Link>
    </div>
  );
}

/** Why something can't be shown, with what to do about it. */
export function Failure({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  if (error instanceof AskfileError && error.code === 'NOT_FOUND') return <NotThere />;
  if (error instanceof AskfileError && error.code === 'PERMISSION_DENIED') {
    return (
      <div className="browse-note" role="alert">
        <h2 className="browse-note-title">You may not see these files</h2>
        <p>Ask an admin of your organization.</p>
      </div>
    );
  }
  const { title, advice } = toRefusal(error);
  return (
    <div className="browse-note" role="alert">
      <h2 className="browse-note-title">{title}</h2>
      <p>{advice}</p>
      <Button onPress={onAgain}>Try again</Button>
    </div>
  );
}
