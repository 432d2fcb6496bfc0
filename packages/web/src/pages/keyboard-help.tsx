import { Dialog } from '@base-ui/react/dialog';
import type { ReactElement } from 'react';
import { Icon } from '../ui/icon.tsx';

const sections: readonly { title: string; rows: readonly (readonly [keys: string, what: string])[] }[] = [
  {
    title: 'Everywhere',
    rows: [
      ['?', 'This help'],
      ['Esc', 'Close what is open'],
    ],
  },
  {
    title: 'In the query bar',
    rows: [
      ['Enter or Ctrl Enter', 'Run the query'],
      ['Ctrl Space', 'What may stand here'],
      ['Tab', 'Take what is offered'],
      ['↑ ↓', 'Queries that were run before'],
      ['Shift Enter', 'A new line'],
    ],
  },
  {
    title: 'In the heat map',
    rows: [
      ['← ↑ → ↓', 'To the next cell; with Shift, an area'],
      ['Enter', 'Search in the area'],
    ],
  },
  {
    title: 'On the map',
    rows: [
      ['← ↑ → ↓', 'Move'],
      ['+ − 0', 'Zoom in, zoom out, show all'],
    ],
  },
  {
    title: 'In a trace',
    rows: [
      ['↑ ↓', 'Previous, next span'],
      ['← →', 'Collapse, expand; to the parent, to the first child'],
      ['Home End', 'First, last span'],
      ['Enter', 'Open the span’s detail'],
      ['/ or Ctrl F', 'Find'],
      ['n N', 'Next, previous match'],
      ['b', 'Go to the span to blame'],
      ['z', 'Zoom onto the span'],
      ['+ −', 'Zoom in, zoom out'],
      ['0', 'Show the whole trace'],
      ['[ ]', 'Collapse, expand everything'],
    ],
  },
];

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function KeyboardHelp({ open, onOpenChange }: Props): ReactElement {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <div className="dialog-head">
            <Dialog.Title>Keyboard</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <Icon name="close" />
            </Dialog.Close>
          </div>
          {sections.map(({ title, rows }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl className="shortcuts">
                {rows.map(([keys, what]) => (
                  <div key={keys}>
                    <dt>
                      {keys
                        .split(' ')
                        .map((key) => (key === 'or' ? <span key={key}>or</span> : <kbd key={key}>{key}</kbd>))}
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
