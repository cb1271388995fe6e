/** One who listens to a channel. */
export interface Listener<Message> {
  readonly onMessage: (message: Message) => void;
  /** Called once, when the subscription is confirmed or has failed. */
  readonly onSettled: (error?: Error) => void;
}

export interface Topic<Message> {
  readonly channel: string;
  readonly listeners: Set<Listener<Message>>;
  /** Those of them who still wait for the confirmation. */
  readonly waiting: Set<Listener<Message>>;
  /** What the broker has confirmed on the present connection. */
  isSubscribed: boolean;
  /** A command is on its way; only one at a time, which is what keeps a channel free of races. */
  isBusy: boolean;
  /** Ends the route inside this process. */
  unroute: (() => void) | undefined;
}

export function makeTopic<Message>(channel: string): Topic<Message> {
  return {
    channel,
    listeners: new Set(),
    waiting: new Set(),
    isSubscribed: false,
    isBusy: false,
    unroute: undefined,
  };
}

/** What is to be done next for a topic, given whether the connection stands. */
export type Step = 'confirm' | 'forget' | 'subscribe' | 'unsubscribe' | 'wait';

export function nextStep(topic: Topic<never>, isConnected: boolean): Step {
  if (topic.isBusy) return 'wait';
  const isWanted = topic.listeners.size > 0;
  if (isWanted && topic.isSubscribed) return 'confirm';
  if (!isWanted && !topic.isSubscribed) return 'forget';
  if (!isConnected) return 'wait';
  return isWanted ? 'subscribe' : 'unsubscribe';
}

/** Tells those who wait, each once. */
export function settleWaiting(topic: Topic<never>, error?: Error): void {
  for (const listener of [...topic.waiting]) {
    topic.waiting.delete(listener);
    listener.onSettled(error);
  }
}
