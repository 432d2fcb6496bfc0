/** The map's geometry: what of the layout is in sight, and which names there is room for. */
export interface GraphView {
  /** Pixels from the place's corner to the layout's. */
  readonly x: number;
  readonly y: number;
  /** Pixels per unit of the layout. */
  readonly scale: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const least = 0.05;
const most = 2.5;
const airPx = 16;
/** Below this scale boxes are too small for their text: names stand free, as many as there is room for. */
export const textScale = 0.5;
/** For the names of boxes at the side, which are wider than these. */
const nameAirPx = 60;

/** All of it, in the middle, never larger than as it was laid out. */
export function fitView(layout: { width: number; height: number }, width: number, height: number): GraphView {
  const fitting = (sidePx: number): number =>
    Math.min(1, (width - 2 * sidePx) / Math.max(layout.width, 1), (height - 2 * airPx) / Math.max(layout.height, 1));
  const scale = fitting(airPx);
  const kept = Math.max(scale < textScale ? fitting(Math.min(nameAirPx, width / 12)) : scale, least);
  return { x: (width - layout.width * kept) / 2, y: (height - layout.height * kept) / 2, scale: kept };
}

/** The point at `x`, `y` (pixels) keeps its place. */
export function zoomView(view: GraphView, factor: number, x: number, y: number): GraphView {
  const scale = Math.min(most, Math.max(least, view.scale * factor));
  const change = scale / view.scale;
  return { x: x - (x - view.x) * change, y: y - (y - view.y) * change, scale };
}

export function panView(view: GraphView, dx: number, dy: number): GraphView {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

const labelHeightPx = 16;
const letterPx = 6.6;

/**
 * Which names can stand on the map at this scale without covering each other; those that come first win.
 * Names are as large as ever, however small the boxes.
 */
export function labelsThatFit(
  boxes: readonly (Box & { key: string; name: string })[],
  scale: number,
): ReadonlySet<string> {
  const taken: Box[] = [];
  const fitting = new Set<string>();
  for (const { key, name, x, y, width, height } of boxes) {
    const needed = name.length * letterPx + 12;
    const label = {
      x: (x + width / 2) * scale - needed / 2,
      y: (y + height / 2) * scale - labelHeightPx / 2,
      width: needed,
      height: labelHeightPx,
    };
    if (taken.some((other) => overlap(label, other))) continue;
    taken.push(label);
    fitting.add(key);
  }
  return fitting;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
