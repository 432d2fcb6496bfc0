import type { TraceSpan } from '../../model/trace.ts';
import type { TraceView } from './use-trace-view.ts';

interface Rows {
  view: TraceView;
  cursorRow: number;
  pageRows: number;
  onOpen: (span: TraceSpan) => void;
  onClose: () => void;
}

/**
 * The keys of a tree grid, as ARIA's authoring practices give them.
 * @returns whether the key was one of them
 */
export function handleRowKey(key: string, { view, cursorRow, pageRows, onOpen, onClose }: Rows): boolean {
  const { rows } = view;
  const span = rows[cursorRow];
  const goToRow = (row: number) => {
    const next = rows[Math.min(Math.max(row, 0), rows.length - 1)];
    if (next) view.moveTo(next, 'nearest');
  };
  switch (key) {
    case 'ArrowDown':
    case 'j':
      goToRow(cursorRow + 1);
      return true;
    case 'ArrowUp':
    case 'k':
      goToRow(cursorRow - 1);
      return true;
    case 'PageDown':
      goToRow(cursorRow + pageRows);
      return true;
    case 'PageUp':
      goToRow(cursorRow - pageRows);
      return true;
    case 'Home':
      goToRow(0);
      return true;
    case 'End':
      goToRow(rows.length - 1);
      return true;
    case 'ArrowRight':
      if (span) expandOrDescend(span, view);
      return true;
    case 'ArrowLeft':
      if (span) collapseOrAscend(span, view);
      return true;
    case 'Enter':
    case ' ':
      if (span) onOpen(span);
      return true;
    case 'Escape':
      onClose();
      return true;
    default:
      return false;
  }
}

function expandOrDescend(span: TraceSpan, view: TraceView): void {
  const [child] = span.children;
  if (!child) return;
  if (view.collapsed.has(span.key)) view.toggle(span);
  else view.moveTo(child, 'nearest');
}

function collapseOrAscend(span: TraceSpan, view: TraceView): void {
  if (span.children.length > 0 && !view.collapsed.has(span.key)) view.toggle(span);
  else if (span.parent) view.moveTo(span.parent, 'nearest');
}
