import type { ReactElement } from 'react';

/** Three spans, the middle one in sight. */
export function Mark(): ReactElement {
  return (
    <svg className="mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect className="mark-plate" width="20" height="20" rx="5" />
      <rect className="mark-span" x="3.5" y="4.5" width="9" height="2.6" rx="1.3" opacity=".55" />
      <rect className="mark-span" x="6" y="8.7" width="10.5" height="2.6" rx="1.3" />
      <rect className="mark-span" x="10" y="12.9" width="4.5" height="2.6" rx="1.3" opacity=".55" />
    </svg>
  );
}
