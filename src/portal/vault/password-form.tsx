import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../ui/button.js';
import { RefusalAlert } from '../ui/refusal-alert.js';
import { toPasswordRefusal } from '../words/passwords.js';

export interface PasswordFormProps {
  readonly button: string;
  /** While it is at work: a key is derived, which takes its time. */
  readonly busyWords: string;
  readonly isComplete: boolean;
  /** Rejects with why it was not taken; what was typed stays. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** Fields for passwords, what became of them, and the way on. */
export function PasswordForm(props: PasswordFormProps) {
  const { button, busyWords, isComplete, onSubmit, onDone, onCancel, children } = props;
  const { mutate, isPending, error } = useMutation({ mutationFn: onSubmit, onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !isPending) mutate();
  };
  return (
    <Form className="password-form" onSubmit={submit}>
      {children}
      {error !== null && <RefusalAlert {...toPasswordRefusal(error)} />}
      <p role="status" className="visually-hidden">
        {isPending && busyWords}
      </p>
      <div className="actions actions-end">
        <Button onPress={onCancel}>Cancel</Button>
        <Button look="primary" type="submit" isPending={isPending} isDisabled={!isComplete}>
          {isPending ? busyWords : button}
        </Button>
      </div>
    </Form>
  );
}
