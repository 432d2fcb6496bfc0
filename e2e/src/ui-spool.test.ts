/** What the pages say while the server turns spans away. */
import type { SpoolStatus, StatusResponse } from '@sightline/wire';
import { expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { accessibilityFaults, keepScreenshot, openPage } from './browser.ts';
import { slowTrace, store } from './sample-spans.ts';

const patienceMs = 60_000;

test.each(['light', 'dark'] as const)(
  'a full spool is said on every page, in the %s theme',
  {
    timeout: patienceMs,
  },
  async (theme) => {
    const backend = await startBackend(['--spool-max', '2KB']);
    const trace = slowTrace();
    await store(backend, trace);
    const page = await openPage(`${backend.http}/search`, { theme, bypassCsp: true });
    await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
    const banner = page.getByText('New spans are turned away.');
    expect(await banner.count()).toBe(0);

    const tooMuch = await fetch(`${backend.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(trace.data).replace('GET /delay/:ms', 'x'.repeat(3000)),
    });
    expect([tooMuch.status, tooMuch.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await tooMuch.json()).toEqual({ code: 14, message: expect.stringContaining('--spool-max') });

    await page.getByRole('alert').filter({ has: banner }).waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(
      /of the 2 KB that may wait for the database.*--spool-max/,
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreenshot(page, `spool-full-${theme}`);
    await page.getByRole('link', { name: 'GET /', exact: true }).click();
    await page.getByRole('treegrid').waitFor();
    await banner.waitFor();
    await keepScreenshot(page, `spool-full-trace-${theme}`);
  },
);

test('a disk that is nearly full is said, and no more once there is room', { timeout: patienceMs }, async () => {
  const backend = await startBackend();
  await store(backend, slowTrace());
  const page = await openPage(backend.http, { width: 400 });
  // No test can fill a disk; that the server sees one is tested beside the spool.
  await page.route('**/api/v1/status', async (route) => {
    const answer = await route.fetch();
    const status = (await answer.json()) as StatusResponse & { spool: SpoolStatus };
    const spool: SpoolStatus = { ...status.spool, state: 'disk-low', diskFreeBytes: 4.2e9, diskTotalBytes: 256e9 };
    await route.fulfill({ json: { ...status, spool } });
  });
  const banner = page.getByRole('alert').getByText('The disk has 4.2 GB of 256 GB left');
  await banner.waitFor();
  await keepScreenshot(page, 'spool-disk-low-narrow');
  await page.unroute('**/api/v1/status');
  await banner.waitFor({ state: 'detached' });
});
