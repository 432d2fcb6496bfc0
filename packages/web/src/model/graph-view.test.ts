import { expect, test } from 'vitest';
import { fitView, labelsThatFit, panView, zoomView } from './graph-view.ts';

test('all of the layout is in sight, in the middle, and small graphs are not blown up', () => {
  expect(fitView({ width: 2000, height: 400 }, 1032, 600)).toEqual({ x: 16, y: 200, scale: 0.5 });
  expect(fitView({ width: 100, height: 100 }, 500, 300)).toEqual({ x: 200, y: 100, scale: 1 });
});

test('what is under the pointer stays there when zooming', () => {
  const view = zoomView({ x: 10, y: 20, scale: 0.5 }, 2, 110, 70);
  expect(view).toEqual({ x: -90, y: -30, scale: 1 });
  expect(zoomView(view, 1000, 0, 0).scale).toBe(2.5);
  expect(panView(view, 5, -5)).toEqual({ x: -85, y: -35, scale: 1 });
});

test('far out, the names that come first are shown, and none over another', () => {
  const boxes = ['gateway', 'checkout', 'cart'].map((name, n) => ({
    key: name,
    name,
    x: n * 200,
    y: 0,
    width: 170,
    height: 44,
  }));
  expect([...labelsThatFit(boxes, 1)]).toEqual(['gateway', 'checkout', 'cart']);
  expect([...labelsThatFit(boxes, 0.2)]).toEqual(['gateway', 'cart']);
});
