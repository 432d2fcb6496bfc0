import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Narrows a list that is there already. */
export function FilterBox({ label, value, onChange }: Props): ReactElement {
  return (
    <span className="field-box filter-box">
      <Icon name="search" size={14} />
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
        spellCheck={false}
        autoComplete="off"
      />
    </span>
  );
}
