import type { CriticalPath } from '../../model/critical-path.ts';
import type { Trace } from '../../model/trace.ts';

interface Scene {
  trace: Trace;
  width: number;
  height: number;
  criticalPath: CriticalPath | undefined;
  colorOf: (service: string) => string;
}

const thickestPx = 6;

/** A line per span, all of them, however thin; what lies on the critical path in full colour. */
export function drawMinimap(context: CanvasRenderingContext2D, scene: Scene): void {
  const { trace, width, height, criticalPath, colorOf } = scene;
  const pitch = Math.min((height - 4) / trace.spans.length, thickestPx + 2);
  const thickness = Math.max(1, Math.min(thickestPx, pitch * 0.75));
  const top = (height - pitch * trace.spans.length) / 2;
  const scale = width / Math.max(trace.duration, 1);
  const byService = new Map(trace.services.map(({ name }) => [name, colorOf(name)]));
  for (const { index, id, service, start, duration } of trace.spans) {
    const y = top + index * pitch;
    context.fillStyle = byService.get(service) ?? '';
    context.globalAlpha = criticalPath ? 0.34 : 0.9;
    context.fillRect(start * scale, y, Math.max(1, duration * scale), thickness);
    context.globalAlpha = 1;
    for (const stretch of criticalPath?.bySpanId.get(id) ?? []) {
      context.fillRect(stretch.start * scale, y, Math.max(1, (stretch.end - stretch.start) * scale), thickness);
    }
  }
}
