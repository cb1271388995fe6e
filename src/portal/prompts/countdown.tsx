import { Clock } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toClock } from '../words/time.js';

const urgentMs = 60_000;

/** How much time is left until `deadline`, by the service's clock. */
export function Countdown({ deadline, now }: { deadline: string; now: () => number }) {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), 500);
    return () => clearInterval(timer);
  }, [now]);
  const leftMs = Date.parse(deadline) - at;
  return (
    <span
      role="timer"
      className={leftMs < urgentMs ? 'countdown countdown-urgent' : 'countdown'}
      part="countdown"
    >
      <Clock aria-hidden size={16} />
      <span className="countdown-digits">{toClock(leftMs)}</span>
      <span>left</span>
    </span>
  );
}
