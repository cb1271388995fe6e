import { Camera, FileUp } from 'lucide-react';
import { FileTrigger } from 'react-aria-components';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';

const isPicture = (type: string) => type.startsWith('image/');
/** A phone or tablet: its camera is at hand. */
const hasCamera = () => matchMedia('(pointer: coarse)').matches;

export interface FilePickerProps {
  readonly prompt: UploadPrompt;
  /** In place of "Choose a file". */
  readonly label?: string;
  readonly look?: 'primary' | 'plain';
  /** In place of adding them to the request. */
  readonly onFiles?: (files: readonly File[]) => void;
}

/** The ways to a file: the system's own dialog, dropping and pasting, and on phones the camera. */
export function FilePicker({ prompt }: { prompt: UploadPrompt }) {
  return (
    <div className="drop-area" part="drop-area">
      <p className="drop-hint">Drop {prompt.maxFiles === 1 ? 'a file' : 'files'} here, or paste</p>
      <div className="actions">
        <ChooseButton prompt={prompt} look="primary" />
        {hasCamera() && prompt.allowedMimeTypes.some(isPicture) && <CameraButton prompt={prompt} />}
      </div>
    </div>
  );
}

export function ChooseButton({ prompt, label, look = 'plain', onFiles }: FilePickerProps) {
  const { answering } = usePortal();
  const hasSeveral = prompt.maxFiles > 1;
  const take = onFiles ?? ((files: readonly File[]) => answering.choose(prompt, files));
  return (
    <FileTrigger
      acceptedFileTypes={prompt.allowedMimeTypes}
      allowsMultiple={hasSeveral}
      onSelect={(list) => take([...(list ?? [])])}
    >
      <Button look={look} icon={FileUp}>
        {label ?? (hasSeveral ? 'Choose files' : 'Choose file')}
      </Button>
    </FileTrigger>
  );
}

function CameraButton({ prompt }: { prompt: UploadPrompt }) {
  const { answering } = usePortal();
  return (
    <FileTrigger
      acceptedFileTypes={prompt.allowedMimeTypes.filter(isPicture)}
      defaultCamera="environment"
      onSelect={(list) => answering.choose(prompt, [...(list ?? [])])}
    >
      <Button icon={Camera}>Take a photo</Button>
    </FileTrigger>
  );
}
