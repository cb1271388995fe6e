import { useEffect, useRef } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { Attempt } from '../state/answering.js';
import { useStore } from '../state/store.js';
import { Avatar } from '../ui/avatar.js';
import { useDrop } from '../ui/use-drop.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { isTakenOver } from '../words/refusals.js';
import { toLimits } from '../words/requests.js';
import { ChosenFiles } from './chosen-files.js';
import { Countdown } from './countdown.js';
import { Elsewhere } from './elsewhere.js';
import { Failed } from './failed.js';
import { FilePicker } from './file-picker.js';
import { Interrupted } from './interrupted.js';
import { OtherAnswers } from './other-answers.js';
import { Sending } from './sending.js';

/** One request: who asks for what, how long there is, and what can be done about it. */
export function PromptCard({ prompt }: { prompt: UploadPrompt }) {
  const { client, viewer, answering, now } = usePortal();
  const attempt = useStore(answering.state).get(prompt.id);
  const { isOver, dropProps } = useDrop(({ files }) => answering.choose(prompt, [...files]));
  const { id, agent, seenAt, status } = prompt;

  // So that other devices and the agent know; nothing depends on it.
  useEffect(() => {
    if (seenAt === null) client.markSeen(id).catch(() => undefined);
  }, [client, id, seenAt]);

  const title = useRef<HTMLHeadingElement>(null);
  const area = useKeptFocus(title);

  const isSending = attempt?.phase === 'sending';
  const titleId = `request-${id}`;
  return (
    <article
      ref={area}
      className={isOver ? 'card card-drop' : 'card'}
      part="card"
      aria-labelledby={titleId}
      data-prompt-id={id}
      {...dropProps}
    >
      <header className="card-head" part="card-head">
        <Avatar name={agent.name} />
        <p className="card-who">
          <strong>{agent.name}</strong>
          <span>Agent of {viewer.organization.name}</span>
        </p>
        <Countdown deadline={status === 'UPLOADING' ? prompt.hardExpiresAt : prompt.expiresAt} now={now} />
      </header>
      <h2 id={titleId} ref={title} tabIndex={-1} className="card-title" part="title">
        <span className="card-asks">{agent.name} is asking for:</span> {prompt.prompt}
      </h2>
      <p className="card-limits" part="limits">
        {toLimits(prompt)}
      </p>
      <Stage prompt={prompt} attempt={attempt} />
      {!isSending && <OtherAnswers prompt={prompt} />}
    </article>
  );
}

/** How far answering has come. */
function Stage({ prompt, attempt }: { prompt: UploadPrompt; attempt: Attempt | undefined }) {
  const isHeld = prompt.status === 'UPLOADING';
  if (attempt?.phase === 'sending') return <Sending prompt={prompt} attempt={attempt} />;
  if (attempt?.phase === 'chosen')
    return <ChosenFiles prompt={prompt} files={attempt.files} leftOut={attempt.leftOut ?? 0} />;
  if (attempt?.phase === 'failed') {
    const { error, files } = attempt;
    if (isHeld && isTakenOver(error)) return <Elsewhere prompt={prompt} files={files} />;
    return <Failed prompt={prompt} files={files} error={error} />;
  }
  return isHeld ? <Held prompt={prompt} /> : <FilePicker prompt={prompt} />;
}

/** Something is being sent, but not by this page. */
function Held({ prompt }: { prompt: UploadPrompt }) {
  const { answering } = usePortal();
  const { id } = prompt;
  const earlier = useStore(answering.earlier).get(id);
  useEffect(() => void answering.lookForUnfinished(id), [answering, id]);

  if (earlier === 'other-tab') return <Elsewhere prompt={prompt} files={[]} where="tab" />;
  if (earlier !== undefined) return <Interrupted prompt={prompt} unfinished={earlier} />;
  // For a moment.
  if (answering.hasKept(id)) return <div className="stage" aria-busy />;
  return <Elsewhere prompt={prompt} files={[]} />;
}
