import { ChevronRight } from 'lucide-react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { DetailedFile } from '../use-file-details.js';

/** What is written in a document, folded until somebody wants to read it. */
export function TextInside({ processing: { text } }: Pick<DetailedFile, 'processing'>) {
  if (text === null || text.trim() === '') return null;
  return (
    <Disclosure className="fold">
      <Heading level={3} className="fold-head">
        <Button slot="trigger" className="fold-button">
          <ChevronRight aria-hidden size={16} />
          What is written in it
        </Button>
      </Heading>
      <DisclosurePanel className="fold-panel">
        <pre className="fold-text" tabIndex={0} role="region" aria-label="What is written in it">
          {text}
        </pre>
      </DisclosurePanel>
    </Disclosure>
  );
}
