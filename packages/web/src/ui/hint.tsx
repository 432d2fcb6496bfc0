import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** A short text beside a control, on hover and focus. The control needs its own accessible name. */
export function Hint({ text, keys, children }: { text: string; keys?: string; children: ReactElement }): ReactElement {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="layer-hint">
          <Tooltip.Popup className="hint">
            {text}
            {keys && <kbd>{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
