import { Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/button.js';
import { toSize } from '../../words/size.js';
import type { DetailedFile } from '../use-file-details.js';
import { kindNames, toDuration, toLongDate } from '../words.js';

export interface FactsProps {
  readonly file: DetailedFile;
  readonly onCopy: (text: string, name: string) => void;
}

const actorKinds = { USER: 'a person', APP: 'an agent', SERVICE_ACCOUNT: 'a service' } as const;

/** What the service knows of a file. */
export function Facts({ file, onCopy }: FactsProps) {
  const { processing, uploadedBy } = file;
  const by = uploadedBy.name ?? actorKinds[uploadedBy.kind];
  const [added, changed] = [toLongDate(file.uploadedAt), toLongDate(file.updatedAt)];
  return (
    <dl className="facts">
      <Fact name="Kind">
        {kindNames[file.type]} <span className="facts-detail">{file.mimeType}</span>
      </Fact>
      <Fact name="Size">
        {toSize(file.sizeBytes)}{' '}
        {file.sizeBytes >= 1024 && (
          <span className="facts-detail">{file.sizeBytes.toLocaleString('en')} bytes</span>
        )}
      </Fact>
      {processing.width !== null && processing.height !== null && (
        <Fact name="Dimensions">
          {processing.width} × {processing.height} pixels
        </Fact>
      )}
      {processing.durationSeconds !== null && (
        <Fact name="Length">{toDuration(processing.durationSeconds)}</Fact>
      )}
      <Fact name="Added">
        {added} <span className="facts-detail">by {by}</span>
      </Fact>
      {changed !== added && <Fact name="Changed">{changed}</Fact>}
      {file.path !== null && <Fact name="Path">{file.path}</Fact>}
      <Copied name="URN" text={file.urn} onCopy={onCopy} />
      {file.sha256 !== null && <Copied name="SHA-256" text={file.sha256} onCopy={onCopy} />}
      {processing.status === 'PENDING' && <Fact name="Looked into">In a moment: picture, length, text</Fact>}
      {processing.error !== null && <Fact name="Looked into">{processing.error}</Fact>}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface CopiedProps extends Pick<FactsProps, 'onCopy'> {
  readonly name: string;
  readonly text: string;
}

function Copied({ name, text, onCopy }: CopiedProps) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd className="fact-copied">
        <code>{text}</code>
        <IconButton icon={Copy} label={`Copy the ${name}`} onPress={() => onCopy(text, name)} />
      </dd>
    </div>
  );
}
