import { Logo } from './logo.js';
import { Button } from '../ui/button.js';

export interface NoticeProps {
  readonly title: string;
  readonly text?: string;
  readonly isBusy?: boolean;
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

/** Where nothing can be shown without the service. */
export function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <Notice
      title="Askfile can't be reached"
      text="Check your connection. Nothing of yours is lost."
      action={{ label: 'Try again', onPress: onRetry }}
    />
  );
}

/** A page with nothing but a few words, and at most one thing to do. */
export function Notice({ title, text, isBusy = false, action }: NoticeProps) {
  return (
    <main className="notice" aria-busy={isBusy}>
      <Logo size={44} />
      <h1>{title}</h1>
      {isBusy && <p role="status">One moment…</p>}
      {text !== undefined && <p role="status">{text}</p>}
      {action && (
        <Button look="primary" onPress={action.onPress}>
          {action.label}
        </Button>
      )}
    </main>
  );
}
