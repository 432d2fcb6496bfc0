import type { KeyboardEvent, ReactElement, RefObject } from 'react';
import { countText, nanoText } from '../../model/time-text.ts';
import { fullWindow, isFullWindow } from '../../model/timeline.ts';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import type { TraceView } from './use-trace-view.ts';

interface Props {
  view: TraceView;
  findBox: RefObject<HTMLInputElement | null>;
  showCritical: boolean;
  /** Absent while there is no critical path to show. */
  onShowCritical: ((show: boolean) => void) | undefined;
  onFoundStep: (direction: 1 | -1) => void;
  onLeaveFind: () => void;
}

export function TraceToolbar({
  view,
  findBox,
  showCritical,
  onShowCritical,
  onFoundStep,
  onLeaveFind,
}: Props): ReactElement {
  const { trace, window, setWindow } = view;
  return (
    <div className="trace-toolbar" role="toolbar" aria-label="Timeline tools">
      <FindBox view={view} findBox={findBox} onStep={onFoundStep} onLeave={onLeaveFind} />
      <div className="toolbar-group">
        <LevelSelect view={view} />
        <IconButton icon="foldAll" label="Collapse everything" keys="[" onClick={() => view.showLevels(1)} />
        <IconButton icon="unfoldAll" label="Expand everything" keys="]" onClick={() => view.expandAll()} />
      </div>
      <div className="toolbar-group toolbar-end">
        {!isFullWindow(window, trace.duration) && (
          <button type="button" className="button quiet" onClick={() => setWindow(fullWindow(trace.duration))}>
            {nanoText(window.end - window.start)} of {nanoText(trace.duration)}
            <Icon name="close" size={14} />
            <span className="visually-hidden">Show the whole trace</span>
          </button>
        )}
        <Legend critical={showCritical && onShowCritical !== undefined} />
        <button
          type="button"
          className="button quiet"
          aria-pressed={showCritical && onShowCritical !== undefined}
          disabled={!onShowCritical}
          onClick={() => onShowCritical?.(!showCritical)}
          title="What the whole trace was waiting for, moment by moment"
        >
          Critical path
        </button>
      </div>
    </div>
  );
}

interface FindProps {
  view: TraceView;
  findBox: RefObject<HTMLInputElement | null>;
  onStep: (direction: 1 | -1) => void;
  onLeave: () => void;
}

function FindBox({ view, findBox, onStep, onLeave }: FindProps): ReactElement {
  const { query, found, cursor } = view;
  const position = cursor ? found.indexOf(cursor.span) + 1 : 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Escape') {
      view.setQuery('');
      onLeave();
    }
  };
  return (
    <search className="find-box">
      <span className="field-box">
        <Icon name="search" size={14} />
        <input
          ref={findBox}
          value={query}
          onChange={(event) => view.setQuery(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Find in trace"
          aria-label="Find in trace: name, service, key=value"
          spellCheck={false}
        />
        {query === '' ? (
          <kbd>/</kbd>
        ) : (
          <span className="find-count" role="status" data-none={found.length === 0 || undefined}>
            {found.length === 0 ? 'None' : `${position || '–'} / ${countText(found.length)}`}
          </span>
        )}
      </span>
      {query !== '' && (
        <>
          <IconButton
            icon="arrowUp"
            label="Previous match"
            keys="N"
            onClick={() => onStep(-1)}
            disabled={found.length === 0}
          />
          <IconButton
            icon="arrowDown"
            label="Next match"
            keys="n"
            onClick={() => onStep(1)}
            disabled={found.length === 0}
          />
        </>
      )}
    </search>
  );
}

function LevelSelect({ view }: { view: TraceView }): ReactElement | null {
  const { trace, collapsed } = view;
  if (trace.depth < 3) return null;
  const levels = Array.from({ length: Math.min(trace.depth - 1, 12) }, (_, n) => n + 1);
  const value = collapsed.size === 0 ? 'all' : 'some';
  const options = [
    { value: 'all', label: 'All levels' },
    ...levels.map((level) => ({ value: String(level), label: level === 1 ? '1 level' : `${level} levels` })),
    ...(value === 'some' ? [{ value: 'some', label: 'Some levels' }] : []),
  ];
  return (
    <Select
      label="Levels shown"
      value={value}
      options={options}
      onChange={(level) => {
        if (level === 'all') view.expandAll();
        else if (level !== 'some') view.showLevels(Number(level));
      }}
    />
  );
}

function Legend({ critical }: { critical: boolean }): ReactElement {
  return (
    <p className="legend">
      <span className="legend-own" data-critical={critical || undefined} />{' '}
      {critical ? 'on the critical path' : 'own work'}
      <span className="legend-waits" /> waits for others
    </p>
  );
}
