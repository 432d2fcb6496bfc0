import { expect, test } from 'vitest';
import { accessibilityFaults, keepScreenshot, openPage } from './browser.ts';
import { sendTraffic } from './sample-traffic.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;

const backend = shareBackend(async (addresses) => {
  await sendTraffic(addresses);
});

test('services with their rate, errors and latencies, sorted by any; one leads to its span names', {
  timeout: patienceMs,
}, async () => {
  const page = await openPage(backend.http);
  await page.getByRole('link', { name: 'Services', exact: true }).click();
  const rows = page.locator('.metrics-row');
  await rows.filter({ hasText: 'checkout' }).waitFor();
  expect(await rows.count()).toBe(3);
  expect(await rows.first().innerText()).toContain('gateway');
  expect(await rows.filter({ hasText: 'checkout' }).innerText()).toMatch(/20 %/);
  expect(await rows.filter({ hasText: 'cart' }).innerText()).not.toMatch(/%/);
  await page.getByRole('button', { name: 'Errors' }).click();
  await page.waitForURL(/sort=errors/);
  expect(await rows.first().innerText()).toContain('checkout');
  await keepScreenshot(page, 'services-light');

  await page.getByRole('link', { name: 'checkout', exact: true }).click();
  await page.waitForURL(/\/services\/checkout/);
  await page.locator('.line-chart canvas').nth(2).waitFor();
  await rows.filter({ hasText: 'SELECT items' }).waitFor();
  expect(await rows.filter({ hasText: 'GET /checkout' }).innerText()).toMatch(/Server[\s\S]*20 %/);
  await keepScreenshot(page, 'service-light');
  await page.getByRole('link', { name: 'GET /checkout', exact: true }).click();
  await page.waitForURL(/\/search\?.*name=GET/);
  await page.getByRole('status').getByText('20 traces').waitFor();
});

test('the map shows who calls whom, and a service’s neighbours with a way to their traces', {
  timeout: patienceMs,
}, async () => {
  const page = await openPage(`${backend.http}/map`);
  const list = page.getByRole('region', { name: 'Services on the map' });
  await list.getByRole('button', { name: /gateway/ }).waitFor();
  await eventually(async () => expect(await page.locator('.map-node').count()).toBe(4));
  expect(await page.locator('.map-edge').count()).toBe(4);
  await keepScreenshot(page, 'map-light');

  await page.locator('.map-node').filter({ hasText: 'cart' }).click();
  await page.waitForURL(/focus=cart/);
  const side = page.getByRole('region', { name: 'cart', exact: true });
  await side.getByText('Called by').waitFor();
  await eventually(async () => expect(await page.locator('.map-node').count()).toBe(3));
  await keepScreenshot(page, 'map-focus');
  await side.getByRole('link', { name: 'Traces in which gateway calls cart' }).click();
  await page.waitForURL(/\/search\?q=/);
  await page.getByRole('status').getByText('40 traces').waitFor();
});

test('the map moves by keys and zooms, and shows all again', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/map`);
  const map = page.getByRole('group', { name: /^Map of 4 services/ });
  const transform = () => page.locator('.map > g').getAttribute('transform');
  await eventually(async () => expect(await page.locator('.map-node').count()).toBe(4));
  const fitted = await transform();
  await map.press('ArrowLeft');
  expect(await transform()).not.toBe(fitted);
  await map.press('-');
  await map.press('0');
  expect(await transform()).toBe(fitted);
});

test('with nothing stored in the range, the pages say what will show there', { timeout: patienceMs }, async () => {
  const range = 'from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z';
  const page = await openPage(`${backend.http}/services?${range}`);
  await page.getByRole('heading', { name: 'No service was called in this time' }).waitFor();
  await page.goto(`${backend.http}/map?${range}`);
  await page.getByRole('heading', { name: 'Nothing called anything in this time' }).waitFor();
});

test.each(['/services', '/services/checkout', '/map', '/map?focus=cart'])(
  '%s: axe finds nothing wrong, and at 390 pixels nothing is cut off',
  { timeout: patienceMs },
  async (path) => {
    const page = await openPage(backend.http + path, { bypassCsp: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator('.metrics-row, .map-node').first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await page.locator('.metrics-row, .map-node').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await keepScreenshot(page, `${path.replaceAll(/\W+/g, '-').slice(1)}-390`);
  },
);
