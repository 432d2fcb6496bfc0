import type { ReactElement } from 'react';
import { stackLines, type Thrown } from '../../model/span-summary.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';

/** An exception, its own frames in full ink, those of libraries set back. */
export function ExceptionBlock({ thrown: { type, message, stack } }: { thrown: Thrown }): ReactElement {
  return (
    <section className="panel-error" aria-label="Exception">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{type}</strong>
          {message && <>: {message}</>}
        </p>
      </div>
      {stack && <CopyButton text={stack} label="Copy stack" />}
      {stack && (
        <div className="stack">
          <pre>
            {stackLines(stack).map(({ text, foreign }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text, which may repeat
              <span key={n} data-foreign={foreign || undefined}>
                {text}
                {'\n'}
              </span>
            ))}
          </pre>
        </div>
      )}
    </section>
  );
}
