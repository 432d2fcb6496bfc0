import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef } from 'react';
import { createQueryEditor, type Problem, type QueryEditor } from '../../editor/query-editor.ts';
import type { TimeRange } from '../../model/time-range.ts';
import { queryHistory } from '../../state/query-history.ts';
import { checkQuery, knownNames } from './query-knowledge.ts';

interface Props {
  text: string;
  range: TimeRange;
  autoFocus: boolean;
  onChange: (text: string) => void;
  onRun: (text: string) => void;
  onProblem: (problem: Problem | undefined) => void;
}

/** CodeMirror's place on the page. The editor is made once, and asks for what is newest by then. */
export function QueryEditorBox(props: Props): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<QueryEditor>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const client = useQueryClient();
  useEffect(() => {
    if (!host.current) return;
    const { text, autoFocus } = latest.current;
    const made = createQueryEditor({
      host: host.current,
      text,
      names: knownNames(client, () => latest.current.range),
      history: queryHistory.read,
      onChange: (next) => latest.current.onChange(next),
      onRun: (next) => latest.current.onRun(next),
      check: (next) => checkQuery(client, next),
      onProblem: (problem) => latest.current.onProblem(problem),
    });
    editor.current = made;
    if (autoFocus) made.focus();
    return () => made.destroy();
  }, [client]);
  useEffect(() => {
    editor.current?.setText(props.text);
  }, [props.text]);
  return <div className="query-editor" ref={host} />;
}
