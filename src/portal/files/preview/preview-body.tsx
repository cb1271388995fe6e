import { Download, EyeOff } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { PageBoundary } from '../../shell/page-boundary.js';
import { Button } from '../../ui/button.js';
import { later } from '../../ui/later.js';
import { toSize } from '../../words/size.js';
import type { StoredFile } from '../entry.js';
import { FileRefusal } from '../file-refusal.js';
import { decodeText } from './decode-text.js';
import { maxPreviewBytes, toPreviewKind, type PreviewKind } from './kinds.js';
import { useBlob } from './use-blob.js';
import { useBytes } from './use-bytes.js';

// It brings what draws pages along, which nobody else needs.
const PdfPages = later(async () => (await import('./pdf-pages.js')).PdfPages);

export interface PreviewBodyProps {
  readonly file: StoredFile;
  readonly onDownload: () => void;
}

/** The file itself, as far as it can be shown. */
export function PreviewBody({ file, onDownload }: PreviewBodyProps) {
  const kind = toPreviewKind(file);
  if (file.scanStatus === 'PENDING') return <Instead title="This file is still being checked" />;
  if (file.scanStatus === 'BLOCKED') return <Instead title="The security check has blocked this file" />;
  if (kind === undefined) {
    return <Instead title="This kind of file can’t be shown here" onDownload={onDownload} />;
  }
  if (file.sizeBytes > maxPreviewBytes[kind]) {
    const title = `At ${toSize(file.sizeBytes)}, this file is too large to be shown here`;
    return <Instead title={title} onDownload={onDownload} />;
  }
  return <Read key={file.id} file={file} kind={kind} onDownload={onDownload} />;
}

function Read({ file, kind, onDownload }: PreviewBodyProps & { kind: PreviewKind }) {
  const { bytes, again } = useBytes(file);
  const [isUnplayable, setIsUnplayable] = useState(false);
  if (bytes.phase === 'reading') return <Reading file={file} receivedBytes={bytes.receivedBytes} />;
  if (bytes.phase === 'failed') {
    return (
      <div className="preview-instead">
        <FileRefusal error={bytes.error} />
        <Button onPress={again}>Try again</Button>
      </div>
    );
  }
  if (isUnplayable) {
    return <Instead title="Your browser can’t show this file" onDownload={onDownload} />;
  }
  const shown = { file, blob: bytes.blob, onFail: () => setIsUnplayable(true) };
  switch (kind) {
    case 'image':
      return <Picture {...shown} />;
    case 'audio':
    case 'video':
      return <Player {...shown} kind={kind} />;
    case 'text':
      return <Words {...shown} />;
    case 'pdf':
      return (
        <PageBoundary>
          <Suspense fallback={<Reading file={file} receivedBytes={file.sizeBytes} />}>
            <PdfPages {...shown} />
          </Suspense>
        </PageBoundary>
      );
  }
}

export interface ShownProps {
  readonly file: StoredFile;
  readonly blob: Blob;
  /** The browser can't make anything of it. */
  readonly onFail: () => void;
}

function Picture({ file, blob, onFail }: ShownProps) {
  const show = useBlob(blob);
  const [isFull, setIsFull] = useState(false);
  return (
    <button
      type="button"
      className={isFull ? 'preview-picture preview-picture-full' : 'preview-picture'}
      aria-pressed={isFull}
      aria-label={`${file.description ?? file.filename}: show in full size`}
      onClick={() => setIsFull(!isFull)}
    >
      <img ref={show} alt="" onError={onFail} />
    </button>
  );
}

function Player({ file, blob, kind, onFail }: ShownProps & { kind: 'audio' | 'video' }) {
  const show = useBlob(blob);
  const Element = kind;
  return (
    <Element ref={show} controls aria-label={file.filename} className={`preview-${kind}`} onError={onFail} />
  );
}

function Words({ file, blob }: ShownProps) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    let isStale = false;
    void blob
      .arrayBuffer()
      .then(decodeText)
      .then((read) => !isStale && setText(read));
    return () => {
      isStale = true;
    };
  }, [blob]);
  // Reached by Tab, so that the keyboard can scroll it.
  return (
    <pre className="preview-text" tabIndex={0} role="region" aria-label={file.filename}>
      {text}
    </pre>
  );
}

function Reading({ file, receivedBytes }: { file: StoredFile; receivedBytes: number }) {
  return (
    <div className="preview-instead" role="status">
      <p>Getting {file.filename}…</p>
      <progress className="progress-bar" value={receivedBytes} max={file.sizeBytes} aria-label="Received" />
    </div>
  );
}

function Instead({ title, onDownload }: { title: string; onDownload?: () => void }) {
  return (
    <div className="preview-instead">
      <EyeOff aria-hidden size={36} />
      <p className="preview-title">{title}</p>
      {onDownload && (
        <Button icon={Download} onPress={onDownload}>
          Download
        </Button>
      )}
    </div>
  );
}
