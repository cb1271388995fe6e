import { X } from 'lucide-react';
import { createContext, useContext } from 'react';
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as AriaToastRegion,
} from 'react-aria-components';
import { Button, IconButton } from './button.js';

export interface ToastWords {
  readonly text: string;
  readonly look?: 'plain' | 'bad';
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

/** Long enough to reach the button; it stands still while the pointer or the focus is on it. */
const shownMs = 10_000;

/** Short news about what was done, with a way to take it back. */
export function makeToasts() {
  const queue = new ToastQueue<ToastWords>({ maxVisibleToasts: 3 });
  return {
    queue,
    /** Returns what hides it. */
    show(words: ToastWords): () => void {
      const key = queue.add(words, { timeout: shownMs });
      return () => queue.close(key);
    },
  };
}

export type Toasts = ReturnType<typeof makeToasts>;

export const ToastsContext = createContext<Toasts | undefined>(undefined);

export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (toasts === undefined) throw new Error('useToasts is for what stands within a ToastsContext');
  return toasts;
}

/** Where they appear; F6 leads there. */
export function ToastRegion({ toasts: { queue } }: { toasts: Toasts }) {
  return (
    <AriaToastRegion queue={queue} className="toasts" aria-label="News">
      {({ toast }) => (
        <Toast toast={toast} className={`toast toast-${toast.content.look ?? 'plain'}`}>
          <ToastContent className="toast-words">
            <Text slot="title">{toast.content.text}</Text>
          </ToastContent>
          {toast.content.action && (
            <Button
              look="quiet"
              onPress={() => {
                toast.content.action?.onPress();
                queue.close(toast.key);
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <IconButton slot="close" icon={X} label="Hide" />
        </Toast>
      )}
    </AriaToastRegion>
  );
}
