import '../../styles/query-bar.css';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import type { Problem } from '../../editor/query-editor.ts';
import type { TimeRange } from '../../model/time-range.ts';
import { Icon } from '../../ui/icon.tsx';
import { QueryExamples } from './query-examples.tsx';

const QueryEditorBox = lazy(async () => ({ default: (await import('./query-editor-box.tsx')).QueryEditorBox }));

interface Props {
  /** What is being typed. */
  draft: string;
  /** What was run last. */
  q: string;
  range: TimeRange;
  autoFocus: boolean;
  onDraft: (text: string) => void;
  onRun: (text: string) => void;
}

const runKeys = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ Enter' : 'Ctrl Enter';

export function QueryBar({ draft, q, range, autoFocus, onDraft, onRun }: Props): ReactElement {
  const [problem, setProblem] = useState<Problem>();
  return (
    <div className="query-bar">
      <div className="field-box query-box" data-problem={problem !== undefined || undefined}>
        <Suspense fallback={<span className="query-editor query-waiting">{draft}</span>}>
          <QueryEditorBox
            text={draft}
            range={range}
            autoFocus={autoFocus}
            onChange={onDraft}
            onRun={onRun}
            onProblem={setProblem}
          />
        </Suspense>
        <button
          type="button"
          className="button primary run-button"
          title={`Run the query (${runKeys})`}
          onClick={() => onRun(draft)}
          data-changed={draft.trim() !== q || undefined}
        >
          <Icon name="search" size={14} />
          Run
        </button>
      </div>
      {problem && (
        <p className="query-problem" role="alert">
          <Icon name="warning" size={14} />
          {problem.message}
        </p>
      )}
      {/^\s*\{\s*\}\s*$/.test(draft) && !problem && <QueryExamples onPick={onRun} />}
    </div>
  );
}
