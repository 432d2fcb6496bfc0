import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { accessibilityFaults, keepScreenshot, openPage } from './browser.ts';
import { failedTrace, hostileTrace, slowTrace, spanId, store } from './sample-spans.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;

const backend = shareBackend((addresses) => store(addresses, slowTrace(), failedTrace(), hostileTrace()));

const panel = (page: Page) => page.getByRole('complementary');
/** Of the timeline: the search's list, which is there until the trace is, has rows by the same names. */
const spanRow = (page: Page, name: RegExp) => page.getByRole('treegrid').getByRole('row', { name });

test.each(['light', 'dark'] as const)(
  'from the search to the guilty span, in the %s theme',
  { timeout: patienceMs },
  async (theme) => {
    const page = await openPage(`${backend.http}/search`, { theme });
    await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
    await page.locator('.scatter canvas').waitFor();
    await keepScreenshot(page, `search-${theme}`);

    await page.getByRole('link', { name: 'GET /', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'proxy GET /' }).waitFor();
    await page.getByText(/GET \/delay\/:ms in slow took 3.* \(99 %\)/).waitFor();
    expect(await page.locator('.blame-figure').innerText()).toBe('99 %');
    expect(await page.title()).toBe('GET / · Sightline');
    expect(await page.getByRole('treegrid').getByRole('row').allInnerTexts()).toEqual([
      expect.stringContaining('GET /'),
      expect.stringMatching(/GET\s+localhost:4002\/delay\/3000/),
      expect.stringMatching(/GET \/delay\/:ms[\s\S]*slow[\s\S]*99 % of the time/),
    ]);
    await keepScreenshot(page, `trace-${theme}`);

    await page.getByRole('button', { name: 'Show the span' }).click();
    await panel(page).getByRole('heading', { name: 'GET /delay/:ms' }).waitFor();
    expect(new URL(page.url()).searchParams.get('span')).toBe(spanId('b1'));
    await keepScreenshot(page, `span-${theme}`);
    await page.keyboard.press('ArrowUp');
    await panel(page).getByRole('heading', { name: 'GET', exact: true }).waitFor();

    await page.getByRole('link', { name: 'Back to the traces' }).click();
    await page.getByRole('link', { name: 'POST /checkout' }).click();
    await spanRow(page, /POST \/checkout/).click();
    await panel(page).getByText('none left of 4711').first().waitFor();
    await keepScreenshot(page, `exception-${theme}`);
  },
);

test('filters are the URL, and finding nothing offers a way out', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Error', exact: true }).click();
  await page.waitForURL(/status=error/);
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor({ state: 'detached' });
  await eventually(async () => expect(await page.locator('.result-link').allInnerTexts()).toEqual(['POST /checkout']));

  await page.goto(`${backend.http}/search`);
  const tags = page.getByLabel('Tags, as key=value');
  await tags.fill('http.ro');
  await page.getByRole('option', { name: 'http.route' }).click();
  await page.getByRole('option', { name: '/delay/:ms' }).click();
  await page.waitForURL(/tag=http\.route%3D%2Fdelay%2F%3Ams/);
  await page.getByRole('button', { name: 'Error', exact: true }).click();
  await page.getByText('No trace matches').waitFor();
  await page.getByRole('button', { name: 'Any status' }).click();
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Remove the tag http.route=/delay/:ms' }).waitFor();
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
});

test('tags go by keyboard: the key, then its value, and what is none is said', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  const tags = page.getByLabel('Tags, as key=value');
  await tags.fill('http.ro');
  await page.getByRole('option', { name: 'http.route' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await eventually(async () => expect(await tags.inputValue()).toBe('http.route='));
  await page.keyboard.type('/delay/:ms');
  await page.keyboard.press('Enter');
  await page.waitForURL(/tag=http\.route%3D%2Fdelay%2F%3Ams$/);
  expect(await tags.inputValue()).toBe('');
  await page.keyboard.type('nonsense');
  await page.keyboard.press('Enter');
  await page.getByText('A tag is key=value').waitFor();
  await tags.fill('');
  await page.keyboard.press('Backspace');
  await page.waitForURL(/search$/);
});

test('a span name can be chosen without its service', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
  await page.getByLabel(/^Span name/).click();
  await page.getByRole('option', { name: /^SELECT stock\s*shop · 1$/ }).click();
  await page.waitForURL(/name=SELECT/);
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor({ state: 'detached' });
  expect(await page.locator('.result-link').allInnerTexts()).toEqual(['POST /checkout']);
});

test('what a program sends is text, never markup', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.getByRole('link', { name: /^<img src=x/ }).click();
  await spanRow(page, /<img src=x/).click();
  await panel(page).getByText('مرحبا بالعالم 👩‍👩‍👧‍👦', { exact: true }).waitFor();
  await spanRow(page, /\(no name\)/).waitFor();
  expect(await page.locator('img, #root script, a[href^="javascript"]').count()).toBe(0);
  expect(await page.title()).toContain('<img');
  await panel(page).getByRole('button', { name: 'Show all 20,000 characters' }).click();
  await panel(page).getByText('x'.repeat(20_000), { exact: true }).waitFor();
  expect(await widthOf(page)).toBe(1440);
});

test.each([
  ['/trace/00000000000000000000000000000bad', 'No such trace'],
  ['/trace/nonsense', 'The trace did not load'],
  ['/nowhere', 'There is no page here'],
])('%s leads back to the search', { timeout: patienceMs }, async (path, title) => {
  const page = await openPage(backend.http + path, { expected: /Failed to load resource.*40[04]/ });
  await page.getByRole('heading', { name: title }).waitFor();
  await page.getByRole('link', { name: 'Search traces', exact: true }).click();
  await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
});

test('all of it goes by keyboard', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
  await tabTo(page, 'GET /');
  await page.keyboard.press('Enter');
  const grid = page.getByRole('treegrid');
  await grid.waitFor();
  await page.getByRole('button', { name: 'Show the span' }).waitFor();
  await tabTo(page, 'Spans');

  const activeRow = async () =>
    page.locator(`[id="${await grid.getAttribute('aria-activedescendant')}"]`).textContent();
  await page.keyboard.press('End');
  await eventually(async () => expect(await activeRow()).toContain('GET /delay/:ms'));
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await eventually(async () => expect(await grid.getByRole('row').count()).toBe(1));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await panel(page).getByText('http://localhost:4002/delay/3000').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await panel(page).getByRole('heading', { name: 'GET /delay/:ms' }).waitFor();
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'detached' });

  await page.keyboard.press('/');
  await page.keyboard.type('http.route=/delay');
  await page.keyboard.press('Enter');
  await page.getByText('1 / 1').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('b');
  await panel(page).getByRole('heading', { name: 'GET /delay/:ms' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Go to the span to blame').waitFor();
});

describe('narrow and wide', () => {
  test('at 360 pixels nothing is cut off, and a span opens as a sheet', { timeout: patienceMs }, async () => {
    const page = await openPage(`${backend.http}/search`, { width: 360, height: 740, touch: true });
    await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
    expect(await widthOf(page)).toBe(360);
    await keepScreenshot(page, 'search-360');
    await page.getByRole('link', { name: 'GET /', exact: true }).tap();
    await page.getByText(/GET \/delay\/:ms in slow took/).waitFor();
    expect(await widthOf(page)).toBe(360);
    await keepScreenshot(page, 'trace-360');
    await page.getByRole('button', { name: 'Show the span' }).tap();
    await panel(page).getByRole('button', { name: 'Close' }).waitFor();
    await keepScreenshot(page, 'span-360');
    await panel(page).getByRole('button', { name: 'Close' }).tap();
    await panel(page).waitFor({ state: 'detached' });
  });

  test('at 4K the page fills the screen', { timeout: patienceMs }, async () => {
    const page = await openPage(`${backend.http}/trace/${slowTrace().traceId}`, {
      width: 3840,
      height: 2160,
      theme: 'dark',
    });
    await page.getByText(/GET \/delay\/:ms in slow took/).waitFor();
    const grid = await page.getByRole('treegrid').boundingBox();
    expect(grid?.width).toBe(3840);
    await keepScreenshot(page, 'trace-4k');
  });
});

test('axe finds nothing wrong in either theme', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`, { bypassCsp: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${backend.http}/search`);
    await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${backend.http}/trace/${failedTrace().traceId}?span=${spanId('c1')}`);
    await panel(page).waitFor();
    await page.getByRole('button', { name: 'Show the span' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  }
});

test('the theme switch is remembered', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`, { theme: 'light' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  expect(await background()).toBe(dark);
});

/** Presses Tab until the element of that accessible name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent;
    });
    if (focused === name) return;
  }
  throw new Error(`60 presses of Tab do not lead to ${name}`);
}

async function widthOf(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth);
}
