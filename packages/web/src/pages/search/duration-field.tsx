import { parseDuration } from '@sightline/wire';
import { type ReactElement, useEffect, useState } from 'react';

interface Props {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

export function DurationField({ label, placeholder, value, onChange }: Props): ReactElement {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const typed = withUnit(text);
  const invalid = typed !== '' && parseDuration(typed) === undefined;
  const commit = () => {
    if (!invalid && typed !== (value ?? '')) onChange(typed || undefined);
  };
  return (
    <span className="field-box duration-field">
      <input
        value={text}
        placeholder={placeholder}
        aria-label={label}
        aria-invalid={invalid}
        title={invalid ? 'For example 250ms, 1.5s or 2m' : undefined}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        spellCheck={false}
        autoComplete="off"
      />
      {invalid && (
        <span className="field-hint" role="alert">
          Try 250ms, 1.5s or 2m
        </span>
      )}
    </span>
  );
}

/** `250 ms` → `250ms`; a bare number means milliseconds. */
function withUnit(text: string): string {
  const dense = text.replaceAll(/\s/g, '');
  return /^\d+(\.\d+)?$/.test(dense) ? `${dense}ms` : dense;
}
