import { Select as Base } from '@base-ui/react/select';
import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';

interface Props<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

export function Select<Value extends string>({ label, value, options, onChange }: Props<Value>): ReactElement {
  return (
    <Base.Root value={value} items={options} onValueChange={(next) => next !== null && onChange(next)}>
      <Base.Trigger className="field-box field-trigger" aria-label={label}>
        <Base.Value className="field-value" />
        <Icon name="chevronDown" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="layer">
          <Base.Popup className="popup">
            <Base.List className="options">
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className="option">
                  <Base.ItemText className="option-text">{option.label}</Base.ItemText>
                  <Base.ItemIndicator className="option-check">
                    <Icon name="check" size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
