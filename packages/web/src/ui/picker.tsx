import { Combobox } from '@base-ui/react/combobox';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface Props {
  label: string;
  /** What no choice is called, for example `Any service`. */
  any: string;
  value: string | undefined;
  options: readonly { value: string; adornment?: ReactNode; note?: string }[];
  onChange: (value: string | undefined) => void;
  /** The options are about to be seen. */
  onOpen?: () => void;
}

/** One of many names, found by typing. */
export function Picker({ label, any, value, options, onChange, onOpen }: Props): ReactElement {
  const byValue = new Map(options.map((option) => [option.value, option]));
  const names = ['', ...byValue.keys()];
  // A value from the URL may be one that the server has not seen in this time range.
  if (value && !byValue.has(value)) names.splice(1, 0, value);
  const chosen = value ? byValue.get(value) : undefined;
  return (
    <Combobox.Root
      items={names}
      value={value ?? ''}
      itemToStringLabel={(name: string) => name || any}
      onValueChange={(next: string | null) => onChange(next || undefined)}
      onOpenChange={(open) => open && onOpen?.()}
      autoHighlight
    >
      <Combobox.Trigger className="field-box field-trigger" aria-label={`${label}: ${value ?? any}`}>
        {chosen?.adornment}
        <span className="field-value" data-placeholder={value ? undefined : true}>
          {value ?? any}
        </span>
        <Icon name="chevronDown" size={14} />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="layer">
          <Combobox.Popup className="popup popup-picker" aria-label={label}>
            <Combobox.Input className="popup-input" placeholder={`Find a ${label.toLowerCase()}`} />
            <Combobox.Empty>
              <p className="popup-empty">Nothing of that name</p>
            </Combobox.Empty>
            <Combobox.List className="options">
              {(name: string) => (
                <Combobox.Item key={name} value={name} className="option">
                  {byValue.get(name)?.adornment}
                  <span className={name ? 'option-text' : 'option-text faint'}>{name || any}</span>
                  <span className="option-note">{byValue.get(name)?.note}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
