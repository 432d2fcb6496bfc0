import { Popover } from '@base-ui/react/popover';
import { type FormEvent, type ReactElement, useState } from 'react';
import { defaultLast, ranges, type TimeRange } from '../model/time-range.ts';
import { Icon } from './icon.tsx';

interface Props<State extends TimeRange> {
  /** A page's state, of which the range is a part. */
  state: State;
  onChange: (next: State) => void;
}

export function TimeRangePicker<State extends TimeRange>({ state, onChange }: Props<State>): ReactElement {
  const [open, setOpen] = useState(false);
  const { last, from, to, ...rest } = state;
  const current = from || to ? undefined : (last ?? defaultLast);
  const choose = (range: TimeRange) => {
    setOpen(false);
    onChange({ ...rest, ...range } as State);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="field-box field-trigger" aria-label={`Time range: ${rangeText(state)}`}>
        <Icon name="clock" size={14} />
        <span className="field-value">{rangeText(state)}</span>
        <Icon name="chevronDown" size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="start" className="layer">
          <Popover.Popup className="popup popup-range" aria-label="Time range">
            <div className="options">
              {ranges.map((range) => (
                <button
                  key={range.last}
                  type="button"
                  className="option"
                  aria-pressed={range.last === current}
                  onClick={() => choose(range.last === defaultLast ? {} : { last: range.last })}
                >
                  <span className="option-text">{range.label}</span>
                  {range.last === current && (
                    <span className="option-check">
                      <Icon name="check" size={14} />
                    </span>
                  )}
                </button>
              ))}
            </div>
            <CustomRange from={from} to={to} onApply={choose} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface CustomProps {
  from: string | undefined;
  to: string | undefined;
  onApply: (range: TimeRange) => void;
}

function CustomRange({ from, to, onApply }: CustomProps): ReactElement {
  const [start, setStart] = useState(() => localText(from));
  const [end, setEnd] = useState(() => localText(to));
  const backwards = start !== '' && end !== '' && end <= start;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (backwards || start === '') return;
    onApply({ from: new Date(start).toISOString(), ...(end && { to: new Date(end).toISOString() }) });
  };
  return (
    <form className="custom-range" onSubmit={apply}>
      <label>
        From
        <input type="datetime-local" step="1" value={start} onChange={(event) => setStart(event.target.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" step="1" value={end} onChange={(event) => setEnd(event.target.value)} />
      </label>
      {backwards && (
        <p className="field-error" role="alert">
          The end lies before the start.
        </p>
      )}
      <button type="submit" className="button" disabled={start === '' || backwards}>
        Use this range
      </button>
    </form>
  );
}

function rangeText({ last, from, to }: TimeRange): string {
  if (!from && !to) return ranges.find((range) => range.last === (last ?? defaultLast))?.label ?? '';
  return `${shortTime(from) ?? 'Start'} – ${shortTime(to, from) ?? 'now'}`;
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const timeOnly = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The day is left out where it is that of `after`. */
function shortTime(iso: string | undefined, after?: string): string | undefined {
  if (!iso) return undefined;
  const sameDay = after && new Date(iso).toDateString() === new Date(after).toDateString();
  return (sameDay ? timeOnly : dayAndTime).format(new Date(iso));
}

/** As `<input type="datetime-local">` wants it. */
function localText(iso: string | undefined): string {
  if (!iso) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
