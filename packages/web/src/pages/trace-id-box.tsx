import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { findTraceId } from '../model/trace-id.ts';
import { Icon } from '../ui/icon.tsx';

export function TraceIdBox(): ReactElement {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const navigate = useNavigate();
  const go = (event: FormEvent) => {
    event.preventDefault();
    const traceId = findTraceId(text);
    setRefused(!traceId && text.trim() !== '');
    if (!traceId) return;
    setText('');
    void navigate({ to: '/trace/$traceId', params: { traceId } });
  };
  return (
    <search className="trace-id-box">
      <form onSubmit={go}>
        <Icon name="target" size={14} />
        <input
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setRefused(false);
          }}
          placeholder="Go to trace id"
          aria-label="Go to trace id"
          aria-invalid={refused}
          aria-describedby={refused ? 'trace-id-refused' : undefined}
          spellCheck={false}
          autoComplete="off"
        />
        {refused && (
          <p id="trace-id-refused" className="trace-id-refused" role="alert">
            No trace id in there: it has 32 digits from 0 to f. A traceparent or a link will do too.
          </p>
        )}
      </form>
    </search>
  );
}
