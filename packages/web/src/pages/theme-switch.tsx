import { Menu } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import { type ThemeChoice, useThemeChoice } from '../state/theme.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

const choices: readonly { value: ThemeChoice; label: string; icon: IconName }[] = [
  { value: 'system', label: 'As the system', icon: 'monitor' },
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
];

export function ThemeSwitch(): ReactElement {
  const [choice, choose] = useThemeChoice();
  const current = choices.find(({ value }) => value === choice) ?? choices[0];
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-button" aria-label={`Theme: ${current?.label.toLowerCase()}`}>
        <Icon name={current?.icon ?? 'monitor'} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="layer">
          <Menu.Popup className="popup">
            <Menu.RadioGroup className="options" value={choice} onValueChange={(value: ThemeChoice) => choose(value)}>
              {choices.map(({ value, label, icon }) => (
                <Menu.RadioItem key={value} value={value} className="option" closeOnClick>
                  <Icon name={icon} />
                  <span className="option-text">{label}</span>
                  <Menu.RadioItemIndicator className="option-check">
                    <Icon name="check" size={14} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
