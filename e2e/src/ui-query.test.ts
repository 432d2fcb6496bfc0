import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { accessibilityFaults, keepScreenshot, openPage } from './browser.ts';
import { sendTraffic, type Traffic } from './sample-traffic.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;

let traffic: Traffic;
const backend = shareBackend(async (addresses) => {
  traffic = await sendTraffic(addresses);
});

/**
 * Drafts that are no query yet are answered with 400. And where coloured text is replaced, Chromium itself would keep its style in an
 * attribute, which the policy refuses; it has this one digest, and comes from no script.
 */
const refused =
  /Failed to load resource.*400|Applying inline style.*sha256-F8Vxr8NU3PHQtzFhbXzr99bv88b0mKZxeXHih7Nyt\+Q=/s;
const bar = (page: Page) => page.getByRole('textbox', { name: 'TraceQL query' });
const searchBy = (q: string, rest = '') => `${backend.http}/search?q=${encodeURIComponent(q)}${rest}`;
const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
const count = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text).first().waitFor();

test('a query is written with completion: keys, comparisons, values as their type needs', {
  timeout: patienceMs,
}, async () => {
  const page = await openPage(searchBy('{ }'), { expected: refused });
  await bar(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('{ status_c');
  await page.getByRole('option', { name: /^span\.http\.response\.status_code/ }).waitFor();
  await keepScreenshot(page, 'query-completion');
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /^=\s*is$/ }).waitFor();
  await pressWhenOpen(page);
  await page.getByRole('option', { name: /^500/ }).waitFor();
  await page.keyboard.type('5');
  await page.getByRole('option', { name: /^200/ }).waitFor({ state: 'detached' });
  await pressWhenOpen(page);
  await eventually(async () => expect(await bar(page).innerText()).toContain('{ span.http.response.status_code = 500'));
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/500/);
  expect(queryOf(page)?.replaceAll(/\s/g, '')).toBe('{span.http.response.status_code=500}');
  await count(page, `${traffic.failedCount} traces`);
});

test('what is asked behind the bare address is searched for', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/?q=${encodeURIComponent('{ status = error }')}`);
  await count(page, `${traffic.failedCount} traces`);
  expect(await bar(page).innerText()).toBe('{ status = error }');
  expect(page.url()).toContain('/search?');
});

test('queries that were run come back with the arrow keys, also after a reload', { timeout: patienceMs }, async () => {
  const page = await openPage(searchBy('{ }'), { expected: refused });
  for (const query of ['{ kind = server }', '{ status = error }']) {
    await bar(page).fill(query);
    await bar(page).press('Escape');
    await bar(page).press('Enter');
    await eventually(async () => expect(queryOf(page)).toBe(query));
  }
  await page.reload();
  await bar(page).press('ArrowUp');
  await eventually(async () => expect(await bar(page).innerText()).toBe('{ kind = server }'));
  await bar(page).press('ArrowDown');
  await eventually(async () => expect(await bar(page).innerText()).toBe('{ status = error }'));
});

test('a mistake is underlined where it is, and said below', { timeout: patienceMs }, async () => {
  const page = await openPage(searchBy('{ status = error && }'), { expected: refused });
  const problem = page.locator('.query-problem');
  await problem.waitFor();
  expect(await page.locator('.cm-lintRange-error').first().innerText()).toMatch(/[&}]/);
  await page.getByRole('heading', { name: 'The query has an error' }).waitFor();
  await keepScreenshot(page, 'query-error');
  await bar(page).fill('{ status = error }');
  await problem.waitFor({ state: 'detached' });
  await bar(page).press('Control+Enter');
  await count(page, `${traffic.failedCount} traces`);
});

test('the spans that match stand under their trace, with what the query names, and open it', {
  timeout: patienceMs,
}, async () => {
  const page = await openPage(searchBy('{ span.http.response.status_code = 500 }'));
  const match = page.locator('.match').first();
  await match.waitFor();
  expect(await match.innerText()).toMatch(/GET \/checkout[\s\S]*http\.response\.status_code=[\s\S]*500/);
  await match.click();
  await page.waitForURL(/\/trace\/[0-9a-f]{32}\?span=[0-9a-f]{16}/);
  await page.getByRole('complementary').getByRole('heading', { name: 'GET /checkout' }).waitFor();
});

test('a metrics query is a chart with a legend in place of traces', { timeout: patienceMs }, async () => {
  const page = await openPage(searchBy('{ kind = server } | rate() by (resource.service.name)'));
  const legend = page.getByRole('table');
  await legend.getByRole('row', { name: /gateway/ }).waitFor();
  expect(await legend.getByRole('row').count()).toBe(4);
  await page.locator('.line-chart canvas').waitFor();
  await keepScreenshot(page, 'query-metrics');
});

test('on a query the heat map goes by keys, and narrows the query', { timeout: patienceMs }, async () => {
  const page = await openPage(searchBy('{ kind = server || kind = client }', '&plot=heatmap'), { theme: 'dark' });
  const surface = page.getByRole('group', { name: /^Heat map of spans/ });
  await surface.focus();
  await keepScreenshot(page, 'heat-map-dark');
  await surface.press('ArrowRight');
  await page
    .getByRole('status')
    .getByText(/spans?/)
    .first()
    .waitFor();
  for (let column = 0; column < 100; column++) await surface.press('Shift+ArrowRight');
  await surface.press('Enter');
  await page.waitForURL(/from=/);
  expect(queryOf(page)).toMatch(/^\{ \(kind = server \|\| kind = client\) && duration >= [\d.]+ms \}$/);
});

test('spans are grouped by an attribute, and a group is searched for', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search`);
  await page.getByLabel('Group by: Group by …').click();
  await page.getByRole('option', { name: /span\.http\.route/ }).click();
  const rows = page.locator('.group-row');
  await rows.filter({ hasText: '/cart/:id' }).waitFor();
  await page.getByRole('button', { name: 'Errors' }).click();
  await eventually(async () => expect(await rows.first().innerText()).toContain('/checkout'));
  await keepScreenshot(page, 'groups');
  await page.getByRole('button', { name: '/checkout', exact: true }).click();
  await page.waitForURL(/tag=span\.http\.route%3D%2Fcheckout/);
  await count(page, '20 traces');
});

test('at 390 pixels nothing is cut off, and axe finds nothing wrong', { timeout: patienceMs }, async () => {
  const page = await openPage(searchBy('{ status = error }', '&plot=heatmap'), {
    width: 390,
    height: 844,
    bypassCsp: true,
    touch: true,
  });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(searchBy('{ status = error }', '&plot=heatmap'));
    await page.locator('.heat-canvas').waitFor();
    await page.locator('.match').first().waitFor();
    await bar(page).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreenshot(page, `query-390-${colorScheme}`);
  }
});

/** A list that has just opened takes no key for the first moment, so that nobody takes what they did not see. */
async function pressWhenOpen(page: Page): Promise<void> {
  await page.waitForTimeout(120);
  await page.keyboard.press('Enter');
}
