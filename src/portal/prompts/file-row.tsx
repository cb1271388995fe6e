import { FileText, X } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import type { ChosenFile } from '../state/answering.js';
import { IconButton } from '../ui/button.js';
import { toProblem } from '../words/requests.js';
import { toSize } from '../words/size.js';

/** Larger pictures would be decoded whole for a thumbnail. */
const maxPreviewBytes = 20 * 1024 * 1024;
const previewed = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

export interface FileRowProps {
  readonly prompt: UploadPrompt;
  readonly chosen: ChosenFile;
  readonly onRemove?: () => void;
}

export function FileRow({ prompt, chosen, onRemove }: FileRowProps) {
  const { file, problem } = chosen;
  return (
    <li className={problem === undefined ? 'file' : 'file file-problem'}>
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
  const showFile = useCallback(
    (image: HTMLImageElement | null) => {
      if (image === null) return;
      const url = URL.createObjectURL(file);
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [file],
  );
  const isPictured = previewed.includes(file.type) && file.size <= maxPreviewBytes;
  return (
    <span className="file-preview" aria-hidden>
      {isPictured ? <img ref={showFile} alt="" /> : <FileText size={22} />}
    </span>
  );
}
