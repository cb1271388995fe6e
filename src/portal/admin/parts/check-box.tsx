import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Checkbox, type CheckboxProps } from 'react-aria-components';

export interface CheckBoxProps extends Omit<CheckboxProps, 'children' | 'className' | 'style'> {
  readonly children: ReactNode;
}

export function CheckBox({ children, ...props }: CheckBoxProps) {
  return (
    <Checkbox {...props} className="tick">
      {({ isIndeterminate, isSelected }) => (
        <>
          <span className="tick-box" aria-hidden>
            {isIndeterminate ? <Minus size={14} /> : isSelected && <Check size={14} />}
          </span>
          <span>{children}</span>
        </>
      )}
    </Checkbox>
  );
}
