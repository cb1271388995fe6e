import { CircleCheck, Info, X } from 'lucide-react';
import type { EndedPrompt } from '../state/feed.js';
import { IconButton } from '../ui/button.js';
import { toEndingWords } from '../words/requests.js';

export interface EndedRequestsProps {
  readonly ended: readonly EndedPrompt[];
  readonly onDismiss: (promptId: string) => void;
}

export function EndedRequests({ ended, onDismiss }: EndedRequestsProps) {
  return (
    <div role="log" aria-label="Ended requests" className="ended">
      {ended.map((one) => {
        const { title, good } = toEndingWords(one);
        const Icon = good ? CircleCheck : Info;
        return (
          <div key={one.prompt.id} className={good ? 'ended-one ended-good' : 'ended-one'} part="ended">
            <Icon aria-hidden size={20} />
            <p>
              <strong>{title}</strong>
              <span className="ended-prompt">{one.prompt.prompt}</span>
            </p>
            <IconButton icon={X} label={`Hide: ${title}`} onPress={() => onDismiss(one.prompt.id)} />
          </div>
        );
      })}
    </div>
  );
}
