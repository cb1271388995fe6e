import { ChevronDown, ChevronUp, Pause, Play, RotateCw, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { ProgressBar } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { useStore } from '../state/store.js';
import { Button, IconButton } from '../ui/button.js';
import { CancelAll } from './cancel-all.js';
import { selectShown } from './upload-item.js';
import { UploadRow } from './upload-row.js';
import { toAnnouncement, toHeadline, toProgressWords, toRestWords } from './upload-words.js';
import { useOwnFocus } from './use-own-focus.js';
import './uploads.css';

/** What is on its way into spaces, and what became of it; it stays while one goes from page to page. */
export function UploadTray() {
  const { uploads } = usePortal();
  const state = useStore(uploads.state);
  const { items, totals, isPaused } = state;
  const { counts, sentBytes, totalBytes } = totals;
  const [isOpen, setIsOpen] = useState(true);
  const [isCancelling, setIsCancelling] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const isBusy = counts.sending + counts.waiting > 0;
  const shown = selectShown(items);
  const percent = totalBytes === 0 ? 0 : Math.floor((sentBytes / totalBytes) * 100);
  const headline = toHeadline(state);

  const focusProps = useOwnFocus(heading);

  function close(): void {
    if (isBusy || counts.interrupted > 0) setIsCancelling(true);
    else uploads.clear();
  }

  return (
    <section className="tray" aria-label="Uploads">
      <div className="tray-inner" {...focusProps}>
        <header className="tray-head">
          <div className="tray-words">
            <h2 id="uploads-title" ref={heading} tabIndex={-1} className="tray-title">
              {headline}
            </h2>
            {isBusy && <p className="tray-amount">{toProgressWords(state)}</p>}
          </div>
          {isBusy && (
            <IconButton
              icon={isPaused ? Play : Pause}
              label={isPaused ? 'Go on with all uploads' : 'Pause all uploads'}
              onPress={() => uploads.setAllPaused(!isPaused)}
            />
          )}
          <IconButton
            icon={isOpen ? ChevronDown : ChevronUp}
            label={isOpen ? 'Hide the list of uploads' : 'Show the list of uploads'}
            aria-expanded={isOpen}
            onPress={() => setIsOpen(!isOpen)}
          />
          <IconButton icon={X} label={isBusy ? 'Cancel all uploads' : 'Close the uploads'} onPress={close} />
        </header>
        {isBusy && (
          <ProgressBar className="tray-progress" value={percent} aria-label={headline}>
            <progress className="progress-bar" aria-hidden value={percent} max={100} />
          </ProgressBar>
        )}
        {isOpen && (
          <>
            <ul className="tray-list" aria-label="Uploads">
              {shown.map((item) => (
                <UploadRow key={item.key} item={item} all={state} />
              ))}
            </ul>
            {shown.length < items.length && <p className="tray-rest">{toRestWords(items, shown)}</p>}
            {counts.failed > 1 && (
              <div className="tray-foot">
                <Button look="quiet" icon={RotateCw} onPress={uploads.retryAll}>
                  Try all {counts.failed} again
                </Button>
              </div>
            )}
          </>
        )}
        <p role="status" className="visually-hidden">
          {toAnnouncement(state)}
        </p>
        {isCancelling && (
          <CancelAll
            count={counts.sending + counts.waiting + counts.interrupted}
            onClose={() => setIsCancelling(false)}
            onCancel={() => {
              uploads.cancelAll();
              uploads.clear();
            }}
          />
        )}
      </div>
    </section>
  );
}
