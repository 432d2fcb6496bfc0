import type { ReactElement, ReactNode } from 'react';

/** A control under its label; the control's own accessible name says the same. */
export function Field({ label, area, children }: { label: string; area: string; children: ReactNode }): ReactElement {
  return (
    <div className="field" data-area={area}>
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}
