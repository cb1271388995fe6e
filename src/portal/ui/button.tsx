import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

const idle = { type: 'button', onPress: () => {} } as const;

/**
 * While `isPending`, it keeps the focus and can't be pressed. By hand: React Aria's own way of it leaves a picture
 * without a name behind, for seconds, where the button goes once its act is done, and in shadow roots always.
 */
export function Button({ look = 'plain', icon: Icon, isPending = false, children, ...props }: ButtonProps) {
  return (
    <AriaButton
      {...props}
      {...(isPending && idle)}
      className={`button button-${look}`}
      render={(own) => (
        <button
          {...own}
          part={`button button-${look}`}
          {...(isPending && { 'aria-disabled': true, 'data-pending': true })}
        />
      )}
    >
      {Icon && <Icon aria-hidden size={18} />}
      <span>{children}</span>
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<
  AriaButtonProps,
  'children' | 'className' | 'style' | 'aria-label'
> {
  readonly icon: LucideIcon;
  /** What it does, for those who can't see the picture. */
  readonly label: string;
}

export function IconButton({ icon: Icon, label, ...props }: IconButtonProps) {
  return (
    <AriaButton {...props} aria-label={label} className="icon-button">
      <Icon aria-hidden size={20} />
    </AriaButton>
  );
}
