/** Where things stand in a row of the waterfall, in pixels. */
export interface RowLayout {
  readonly rowHeight: number;
  /** Names above bars, for narrow screens. */
  readonly stacked: boolean;
  readonly nameWidth: number;
  readonly timelineWidth: number;
  /** The bar's middle, from the row's top. */
  readonly barMiddle: number;
  readonly indentStep: number;
}

/** Kept free at the right of the timeline, so that the longest bar's label has a place. */
const labelGutterPx = 68;
export const timelinePaddingPx = 10;

const stackBelowPx = 620;

export function rowLayout(width: number, wantedNameWidth: number, depth: number): RowLayout {
  const stacked = width < stackBelowPx;
  const nameWidth = stacked ? width : Math.round(Math.min(Math.max(wantedNameWidth, 140), width * 0.7));
  const indentStep = Math.min(14, Math.max(2, (nameWidth * 0.5) / Math.max(depth, 1)));
  return {
    stacked,
    nameWidth,
    indentStep,
    rowHeight: stacked ? 46 : 28,
    barMiddle: stacked ? 34 : 14,
    timelineWidth: stacked ? width : width - nameWidth,
  };
}

/** The width on which the shown stretch of time is spread. */
export function timeWidth({ timelineWidth }: RowLayout): number {
  return Math.max(1, timelineWidth - labelGutterPx - timelinePaddingPx);
}
