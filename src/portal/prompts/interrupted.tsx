import { History } from 'lucide-react';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { Unfinished } from '../state/unfinished.js';
import { toSize } from '../words/size.js';
import { ChooseButton } from './file-picker.js';

/** The page was closed or loaded anew while it sent. The browser has let go of the file, storage has kept its parts. */
export function Interrupted({ prompt, unfinished }: { prompt: UploadPrompt; unfinished: Unfinished }) {
  const { answering } = usePortal();
  const { filename, sizeBytes = 0 } = unfinished;
  const goOn = (files: readonly File[]) => {
    answering.choose(prompt, files);
    const isSame = files.length === 1 && files[0]?.name === filename && files[0]?.size === sizeBytes;
    // It was decided already that this one be sent.
    if (isSame) answering.send(prompt);
  };
  return (
    <div className="stage">
      <p className="banner banner-info" role="status">
        <History aria-hidden size={20} />
        <span>
          <strong>Sending was interrupted.</strong>{' '}
          {filename === undefined
            ? 'Choose your files again to send them.'
            : `Choose ${filename} (${toSize(sizeBytes)}) again, and it goes on where it was.`}
        </span>
      </p>
      <div className="actions">
        <ChooseButton
          prompt={prompt}
          look="primary"
          label={filename === undefined ? 'Choose files again' : 'Choose it again'}
          onFiles={goOn}
        />
      </div>
    </div>
  );
}
