import { TriangleAlert } from 'lucide-react';

export interface RefusalAlertProps {
  readonly title: string;
  readonly advice: string;
}

/** Why something was not done, told at once to who does not see it, too. */
export function RefusalAlert({ title, advice }: RefusalAlertProps) {
  return (
    <div role="alert" className="banner banner-danger">
      <TriangleAlert aria-hidden size={20} />
      <p>
        <strong>{title}</strong> {advice}
      </p>
    </div>
  );
}
