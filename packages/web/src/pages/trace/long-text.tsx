import { type ReactElement, useState } from 'react';
import { countText } from '../../model/time-text.ts';

const shownChars = 1000;

/** A value may be a whole document: its beginning, and the rest on demand. */
export function LongText({ text }: { text: string }): ReactElement {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= shownChars * 1.5) return <>{text}</>;
  return (
    <>
      {text.slice(0, shownChars)}…{' '}
      <button type="button" className="link-button" onClick={() => setWhole(true)}>
        Show all {countText(text.length)} characters
      </button>
    </>
  );
}
