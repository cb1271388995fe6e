import { FileText, X } from 'lucide-react';
import { useCallback, useState, type ReactNode } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import type { ChosenFile } from '../state/answering.js';
import { IconButton } from '../ui/button.js';
import { toProblem } from '../words/requests.js';
import { toSize } from '../words/size.js';

/** Larger pictures would be decoded whole for a thumbnail. */
const maxPreviewBytes = 20 * 1024 * 1024;
/** Twice what is shown, for fine screens. */
const previewPixels = 92;
const previewed = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

export interface FileRowProps {
  readonly prompt: UploadPrompt;
  readonly chosen: ChosenFile;
  readonly onRemove?: () => void;
}

export function FileRow({ prompt, chosen, onRemove }: FileRowProps) {
  const { file, problem } = chosen;
  return (
    <li className={problem === undefined ? 'file' : 'file file-problem'} part="file">
      <Preview file={file} />
      <div className="file-words">
        <span className="file-name">{file.name}</span>
        <span className="file-size">{toSize(file.size)}</span>
        {problem !== undefined && <span className="file-says">{toProblem(problem, prompt)}</span>}
      </div>
      {onRemove && <IconButton icon={X} label={`Remove ${file.name}`} onPress={onRemove} />}
    </li>
  );
}

function Preview({ file }: { file: File }): ReactNode {
  const [isBroken, setIsBroken] = useState(false);
  const showFile = useCallback(
    (canvas: HTMLCanvasElement | null) => {
      if (canvas === null) return;
      let isGone = false;
      draw(file, canvas, () => isGone).catch(() => setIsBroken(!isGone));
      return () => {
        isGone = true;
      };
    },
    [file],
  );
  const isPictured = !isBroken && previewed.includes(file.type) && file.size <= maxPreviewBytes;
  return (
    <span className="file-preview" aria-hidden>
      {isPictured ? <canvas ref={showFile} /> : <FileText size={22} />}
    </span>
  );
}

/** Not as an image element, which the policy of a page that embeds us may refuse. */
async function draw(file: File, canvas: HTMLCanvasElement, isGone: () => boolean): Promise<void> {
  const picture = await createImageBitmap(file);
  if (!isGone()) {
    const scale = Math.min(1, previewPixels / Math.min(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  picture.close();
}
