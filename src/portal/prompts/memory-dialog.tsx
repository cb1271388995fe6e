import { useEffect, useState } from 'react';
import { ListBox, ListBoxItem, Text } from 'react-aria-components';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { makeMemoryFiles } from '../state/memory-files.js';
import { useStore } from '../state/store.js';
import { LockedBanner } from '../vault/locked-banner.js';
import { useIsLocked } from '../vault/use-memories.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { toFileCount } from '../words/requests.js';
import { toSize } from '../words/size.js';
import { RefusalBanner } from './refusal-banner.js';
import { useOwnAnswer } from './use-own-answer.js';

const toDate = (iso: string) => new Date(iso).toLocaleDateString('en', { dateStyle: 'medium' });

interface MemoryDialogProps {
  readonly prompt: UploadPrompt;
  readonly onClose: () => void;
}

/** Answers with what the agent was given before, without sending it again. */
export function MemoryDialog({ prompt, onClose }: MemoryDialogProps) {
  const isLocked = useIsLocked(prompt.memoryUrn);
  return (
    <Dialog title={`Files ${prompt.agent.name} has already`} isOpen onClose={onClose}>
      {isLocked && <LockedBanner memoryUrn={prompt.memoryUrn} />}
      {/* With their names, once it is unlocked. */}
      <GivenFiles key={String(isLocked)} prompt={prompt} onClose={onClose} />
    </Dialog>
  );
}

function GivenFiles({ prompt, onClose }: MemoryDialogProps) {
  const { client } = usePortal();
  const { agent, minFiles, maxFiles } = prompt;
  const [memory] = useState(() => makeMemoryFiles(client, prompt));
  const { files, isLoading, hasMore, error: readError } = useStore(memory.state);
  const { isBusy, error, give } = useOwnAnswer(prompt.id);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  useEffect(() => {
    void memory.loadMore();
  }, [memory]);
  const isRight = chosen.length >= minFiles && chosen.length <= maxFiles;
  return (
    <>
      <p className="dialog-text">
        {maxFiles === 1 ? 'Choose one' : `Choose ${toFileCount(minFiles, maxFiles)}`} to answer “
        {prompt.prompt}” with. Only what this request takes is shown.
      </p>
      <ListBox
        aria-label="Files"
        className="memory"
        items={files}
        selectionMode={maxFiles === 1 ? 'single' : 'multiple'}
        selectedKeys={chosen}
        onSelectionChange={(keys) =>
          setChosen(keys === 'all' ? files.map(({ id }) => id) : [...keys].map(String))
        }
        renderEmptyState={() => (
          <p className="memory-empty">
            {isLoading ? 'Looking…' : `${agent.name} has nothing of yours that would do.`}
          </p>
        )}
      >
        {({ id, filename, sizeBytes, uploadedAt }) => (
          <ListBoxItem id={id} textValue={filename} className="memory-file">
            <Text slot="label" className="file-name">
              {filename}
            </Text>
            <Text slot="description" className="file-size">
              {toSize(sizeBytes)} · {toDate(uploadedAt)}
            </Text>
          </ListBoxItem>
        )}
      </ListBox>
      {hasMore && files.length > 0 && (
        <Button isPending={isLoading} onPress={() => void memory.loadMore()}>
          Show more
        </Button>
      )}
      <RefusalBanner error={error ?? readError} />
      <div className="actions actions-end">
        <Button onPress={onClose}>Cancel</Button>
        <Button
          look="primary"
          isDisabled={!isRight}
          isPending={isBusy}
          onPress={() => void give(() => client.answerWithAssets(prompt, chosen))}
        >
          Answer with {chosen.length > 1 ? `${chosen.length} files` : 'this'}
        </Button>
      </div>
    </>
  );
}
