import type { ReactElement } from 'react';
import { nanoText } from '../../model/time-text.ts';
import type { SpanIssue } from '../../model/trace.ts';
import { Icon } from '../../ui/icon.tsx';

export function SpanIssues({ issues }: { issues: readonly SpanIssue[] }): ReactElement | null {
  if (issues.length === 0) return null;
  return (
    <ul className="issues">
      {issues.map((issue) => (
        <li key={issue.kind}>
          <Icon name="warning" size={14} />
          {issueText(issue)}
        </li>
      ))}
    </ul>
  );
}

function issueText(issue: SpanIssue): string {
  switch (issue.kind) {
    case 'missing-parent':
      return `Its parent, span ${issue.parentId}, did not arrive (yet), so it stands at the top.`;
    case 'cyclic-parent':
      return `Its parent, span ${issue.parentId}, is below it: the spans name each other in a circle. It stands at the top.`;
    case 'duplicate-id':
      return 'Another span of this trace has the same id.';
    case 'ends-before-start':
      return `It ends ${nanoText(issue.byNano)} before it starts; it is shown without length.`;
    case 'clock-skew':
      return `It starts ${nanoText(issue.byNano)} before its parent: the clocks of the two machines differ at least by that.`;
  }
}
