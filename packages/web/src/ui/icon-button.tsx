import type { ButtonHTMLAttributes, ReactElement } from 'react';
import { Hint } from './hint.tsx';
import { Icon, type IconName } from './icon.tsx';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  /** The keyboard's way to the same. */
  keys?: string;
}

export function IconButton({ icon, label, keys, className = '', ...rest }: Props): ReactElement {
  return (
    <Hint text={label} {...(keys && { keys })}>
      <button type="button" className={`icon-button ${className}`} aria-label={label} {...rest}>
        <Icon name={icon} />
      </button>
    </Hint>
  );
}
