import type { ReactElement } from 'react';
import { CopyButton } from './copy-button.tsx';

export function Command({ text }: { text: string }): ReactElement {
  return (
    <div className="command">
      <code>
        <span className="command-prompt" aria-hidden="true">
          ${' '}
        </span>
        {text}
      </code>
      <CopyButton text={text} label="Copy command" />
    </div>
  );
}
