import { type FunctionComponent, memo, type ReactElement, type ReactNode } from 'react';
import { calleeText } from '../../model/callee.ts';
import type { RowLayout } from '../../model/row-layout.ts';
import { countText, nanoText } from '../../model/time-text.ts';
import type { TraceSpan } from '../../model/trace.ts';
import { Icon } from '../../ui/icon.tsx';
import { serviceStyle } from '../../ui/service.tsx';

interface Props {
  span: TraceSpan;
  row: number;
  layout: RowLayout;
  collapsed: boolean;
  isCursor: boolean;
  isSelected: boolean;
  isFound: boolean;
  /** For the span to blame only. */
  badge: string | undefined;
  onPick: (span: TraceSpan) => void;
  onToggle: (span: TraceSpan) => void;
}

export function rowId(span: TraceSpan): string {
  return `row-${span.key}`;
}

/** A row's name and its fold; the bar beside it is the canvas's. */
export const WaterfallRow: FunctionComponent<Props> = memo(function WaterfallRow(props: Props): ReactElement {
  const { span, row, layout, collapsed, isCursor, isSelected, isFound, badge, onPick, onToggle } = props;
  const foldable = span.children.length > 0;
  const callee = calleeText(span);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree grid around it has the keyboard, waterfall-keys.ts
    // biome-ignore lint/a11y/useSemanticElements: rows that stand where they want cannot be those of a <table>
    <div
      id={rowId(span)}
      role="row"
      tabIndex={-1}
      className="row"
      aria-level={span.depth + 1}
      aria-rowindex={row + 1}
      aria-expanded={foldable ? !collapsed : undefined}
      aria-selected={isSelected}
      data-cursor={isCursor || undefined}
      data-found={isFound || undefined}
      data-blamed={badge !== undefined || undefined}
      style={{ height: `${layout.rowHeight}px`, translate: `0 ${row * layout.rowHeight}px` }}
      onClick={() => onPick(span)}
    >
      <Cell className="row-name" width={layout.nameWidth}>
        <span
          className="row-indent"
          style={{ width: `${span.depth * layout.indentStep}px`, backgroundSize: `${layout.indentStep}px 100%` }}
        />
        {foldable ? (
          <button
            type="button"
            tabIndex={-1}
            className="row-fold"
            data-collapsed={collapsed || undefined}
            aria-label={collapsed ? 'Expand' : 'Collapse'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span);
            }}
          >
            <Icon name="chevronDown" size={12} />
          </button>
        ) : (
          <span className="row-fold" />
        )}
        <span className="service-dot" style={serviceStyle(span.service)} />
        <span className="row-title">{span.name}</span>
        {callee && (
          <span className="row-callee" title={callee}>
            {callee}
          </span>
        )}
        {span.isError && (
          <span className="row-error" title={span.raw.status?.message || 'Error'}>
            <Icon name="alert" size={14} />
            <span className="visually-hidden">error</span>
          </span>
        )}
        {span.service !== span.parent?.service && <span className="row-service">{span.service}</span>}
        <span className="row-badges">
          {collapsed && <CollapsedBadge span={span} />}
          {badge && <span className="row-blame">{badge}</span>}
          {span.issues.length > 0 && (
            <span className="row-issue" title="Something about this span is odd; its detail says what">
              <Icon name="warning" size={14} />
            </span>
          )}
        </span>
      </Cell>
      <Cell className="row-time">
        <span className="visually-hidden">
          {nanoText(span.duration)}, from {nanoText(span.start)}, {nanoText(span.selfTime)} own work
        </span>
      </Cell>
    </div>
  );
});

function Cell({
  className,
  width,
  children,
}: {
  className: string;
  width?: number;
  children: ReactNode;
}): ReactElement {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as for the row
    // biome-ignore lint/a11y/useFocusableInteractive: the focus is the row's, by aria-activedescendant
    <div role="gridcell" className={className} style={width === undefined ? undefined : { width: `${width}px` }}>
      {children}
    </div>
  );
}

function CollapsedBadge({ span }: { span: TraceSpan }): ReactElement {
  return (
    <span className="row-hidden" data-error={span.errorsBelow > 0 || undefined}>
      +{countText(span.subtreeSize - 1)}
      {span.errorsBelow > 0 && <span className="visually-hidden">, {span.errorsBelow} with an error</span>}
    </span>
  );
}
