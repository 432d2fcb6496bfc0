import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { keepScreenshot, openPage } from './browser.ts';
import { sendTraffic, type Traffic } from './sample-traffic.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;

let traffic: Traffic;
const backend = shareBackend(async (addresses) => {
  traffic = await sendTraffic(addresses);
});

const bar = (page: Page) => page.getByRole('textbox', { name: 'TraceQL query' });
const searchBy = (q: string) => `${backend.http}/search?q=${encodeURIComponent(q)}`;
const count = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text).first().waitFor();

test('the form becomes a query, and the query the form while it can hold it', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search?service=checkout&status=error&min=5ms`);
  await count(page, `${traffic.failedCount} traces`);
  await page.getByRole('button', { name: 'Query', exact: true }).click();
  await page.waitForURL(/q=/);
  await eventually(async () => expect(await bar(page).innerText()).toMatch(/checkout.*error|error.*checkout/s));
  await count(page, `${traffic.failedCount} traces`);

  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.waitForURL(/service=checkout/);
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({ service: 'checkout', status: 'error', min: '5ms' });

  await page.goto(searchBy('{ resource.service.name = "gateway" } >> { status = error }'));
  await count(page, `${traffic.failedCount} traces`);
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.getByText('The form’s fields cannot say').waitFor();
  await count(page, `${traffic.failedCount} traces`);
  await page.getByRole('button', { name: 'Edit the query' }).click();
  await eventually(async () => expect(await bar(page).innerText()).toContain('>> { status = error }'));
});

test('what is brushed over on the heat map becomes the form', { timeout: patienceMs }, async () => {
  const page = await openPage(`${backend.http}/search?service=gateway&name=GET`);
  await count(page, /50 traces/);
  await page.getByRole('button', { name: 'Heat map' }).click();
  await page.waitForURL(/plot=heatmap/);
  const canvas = page.locator('.heat-canvas');
  await canvas.waitFor();
  const { x, y, width } = (await canvas.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await keepScreenshot(page, 'heat-map-light');
  // The slow ones are the uppermost row.
  await page.mouse.move(x + 70, y + 12);
  await page.mouse.down();
  await page.mouse.move(x + width - 20, y + 14, { steps: 3 });
  await page.mouse.up();
  await page.waitForURL(/min=.*ms/);
  const { searchParams } = new URL(page.url());
  expect(searchParams.get('from')).not.toBeNull();
  expect(searchParams.get('service')).toBe('gateway');
  await count(page, /^6 traces/);
});
