import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Box, boxOf, keepScreenshot, openPage } from './browser.ts';
import { failedTrace, largeTrace, slowTrace, store } from './sample-spans.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;
const large = largeTrace(10_000);
const slowPath = `/trace/${slowTrace().traceId}`;

const backend = shareBackend((addresses) => store(addresses, slowTrace(), failedTrace(), large));

test('a point of the scatter plot tells what it is, and a click opens its trace', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search?service=shop`);
  await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
  await page.locator('.scatter canvas').waitFor();
  const plot = await boxOf(page.locator('.scatter .u-over'));
  const card = page.locator('.scatter-card');
  // A single trace stands in the middle of the time axis; how high is the plot's own business.
  await eventually(async () => {
    for (let y = plot.y; y < plot.y + plot.height; y += 8) {
      await page.mouse.move(plot.x + plot.width / 2, y);
      if (await card.isVisible()) return;
    }
    throw new Error('no point was found');
  });
  expect((await card.innerText()).split('\n').filter(Boolean).slice(0, 3)).toEqual([
    'POST /checkout',
    'shop',
    '120 ms · 2 spans · 1 error',
  ]);
  await page.mouse.down();
  await page.mouse.up();
  await page.waitForURL(new RegExp(`/trace/${failedTrace().traceId}`));
});

test('dragging over the scatter plot asks for that stretch of time', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.locator('.scatter canvas').waitFor();
  const plot = await boxOf(page.locator('.scatter .u-over'));
  await dragAcross(page, plot, 0.2, 0.9);
  await page.waitForURL(/from=.*to=/);
});

test('dragging over the minimap zooms, and its handles change the stretch', { timeout: patienceMs }, async () => {
  const page = await openPage(backend.http + slowPath);
  await page.getByRole('treegrid').getByRole('row').first().waitFor();
  const strip = await boxOf(page.locator('.minimap-strip'));
  await dragAcross(page, strip, 0.25, 0.75);
  await page.getByRole('button', { name: /^1\.51 s of 3\.02 s/ }).waitFor();
  await keepScreenshot(page, 'trace-zoomed');
  await dragAcross(page, strip, 0.75, 0.5);
  await page.getByRole('button', { name: /^75\d ms of 3\.02 s/ }).click();
  await page.locator('.minimap-frame').waitFor({ state: 'detached' });
});

test('the columns take the width they are dragged to, and keep it', { timeout: patienceMs }, async () => {
  const page = await openPage(backend.http + slowPath);
  const handle = page.getByRole('separator', { name: 'Width of the names' });
  const { x, y } = await boxOf(handle);
  await page.mouse.move(x + 3, y + 5);
  await page.mouse.down();
  await page.mouse.move(500, y + 5, { steps: 4 });
  await page.mouse.up();
  const width = async () => await handle.getAttribute('aria-valuenow');
  expect(await width()).toBe('500');
  await page.reload();
  await eventually(async () => expect(await width()).toBe('500'));
  await handle.focus();
  await page.keyboard.press('ArrowLeft');
  await eventually(async () => expect(await width()).toBe('476'));
});

test('10,000 spans scroll smoothly, with few rows in the page', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/trace/${large.traceId}`);
  const grid = page.getByRole('treegrid');
  await grid.getByRole('row').first().waitFor();
  expect(await grid.getAttribute('aria-rowcount')).toBe('10000');
  const frames = await scrollThrough(page, 150);
  expect(await grid.getByRole('row').count()).toBeLessThan(100);
  // 17 ms on an idle machine; a stutter that a person would see lasts many times longer.
  expect(frames[Math.floor(frames.length / 2)]).toBeLessThan(60);
  await keepScreenshot(page, 'trace-10000');
  await grid.focus();
  await page.keyboard.press('End');
  await eventually(async () => {
    const active = await grid.getAttribute('aria-activedescendant');
    expect(active).not.toBeNull();
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-rowindex')).toBe('10000');
  });
});

/** `from` and `to` are shares of the box's width. */
async function dragAcross(page: Page, { x, y, width, height }: Box, from: number, to: number): Promise<void> {
  await page.mouse.move(x + width * from, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * to, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** @returns the times between frames in milliseconds, sorted */
async function scrollThrough(page: Page, frames: number): Promise<number[]> {
  return await page.getByRole('treegrid').evaluate(async (grid, count) => {
    const times: number[] = [];
    let before = performance.now();
    for (let frame = 0; frame < count; frame++) {
      grid.scrollTop += 240;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - before);
      before = now;
    }
    return times.sort((a, b) => a - b);
  }, frames);
}
