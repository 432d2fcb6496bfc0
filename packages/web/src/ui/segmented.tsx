import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactElement, ReactNode } from 'react';

interface Props<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; content?: ReactNode }[];
  onChange: (value: Value) => void;
}

/** A choice of few, all in sight. */
export function Segmented<Value extends string>({ label, value, options, onChange }: Props<Value>): ReactElement {
  return (
    <ToggleGroup
      className="segmented"
      aria-label={label}
      value={[value]}
      onValueChange={([next]) => next !== undefined && onChange(next)}
    >
      {options.map((option) => (
        <Toggle key={option.value} value={option.value} className="segment" aria-label={option.label}>
          {option.content ?? option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
