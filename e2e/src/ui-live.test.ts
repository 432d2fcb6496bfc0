import { expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { boxOf, keepScreenshot, openPage } from './browser.ts';
import { failedTrace, lateSpan, send, slowTrace, spanId, store } from './sample-spans.ts';
import { eventually } from './sightline.ts';

const patienceMs = 60_000;

test('with no data the page says how to begin, and the first trace appears by itself', {
  timeout: patienceMs,
}, async () => {
  const backend = await startBackend();
  const page = await openPage(backend.http);
  await page.getByText('sightline run node server.js').waitFor();
  expect(new URL(page.url()).pathname).toBe('/search');
  await keepScreenshot(page, 'search-empty');
  // A laptop that loses its network still reaches localhost.
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await send(backend, slowTrace());
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
});

test('Live shows new traces as they come, and says so when the server falls silent', {
  timeout: patienceMs,
}, async () => {
  const backend = await startBackend();
  await store(backend, slowTrace());
  const page = await openPage(`${backend.http}/search`, { expected: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE/ });
  await page.getByRole('link', { name: 'GET /', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Live' }).click();
  await page.waitForURL(/live=/);
  await send(backend, failedTrace());
  await page.getByRole('link', { name: 'POST /checkout' }).waitFor();

  await backend.stop();
  await page.getByRole('alert').getByText('The Sightline server does not answer').waitFor();
  await keepScreenshot(page, 'search-outdated');
  expect(await page.getByRole('link', { name: 'POST /checkout' }).count()).toBe(1);
});

test('what is dragged over stands still while new traces come', { timeout: patienceMs }, async () => {
  const backend = await startBackend();
  await store(backend, slowTrace());
  const page = await openPage(`${backend.http}/search?live=true`);
  await page.locator('.scatter canvas').waitFor();
  const { x, y, width, height } = await boxOf(page.locator('.scatter .u-over'));
  await page.mouse.move(x + width * 0.2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 3 });
  await send(backend, failedTrace());
  await page.getByRole('link', { name: 'POST /checkout' }).waitFor();
  await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 3 });
  await page.mouse.up();
  await page.waitForURL(/from=.*to=/);
  // A single trace stands in the middle of ten seconds.
  const { searchParams } = new URL(page.url());
  const [from = 0, to = 0] = ['from', 'to'].map((name) => Date.parse(searchParams.get(name) ?? ''));
  expect((to - from) / 1000).toBeCloseTo(7, 0);
});

test('loading a trace again keeps zoom, folds and the open span', { timeout: patienceMs }, async () => {
  const backend = await startBackend();
  await store(backend, slowTrace());
  const page = await openPage(`${backend.http}/trace/${slowTrace().traceId}`, {
    expected: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE/,
  });
  const grid = page.getByRole('treegrid');
  await grid.getByRole('row', { name: /localhost:4002/ }).click();
  await grid.focus();
  for (const key of ['ArrowLeft', '+']) await page.keyboard.press(key);
  const zoom = page.getByRole('button', { name: /Show the whole trace/ });
  const before = await zoom.innerText();
  expect(await grid.getByRole('row').count()).toBe(2);

  await store(backend, lateSpan());
  const reload = page.getByRole('button', { name: 'Load again, with spans that came later' });
  await eventually(async () => {
    await reload.click();
    await grid.getByRole('row', { name: /write the log/ }).waitFor({ timeout: 1000 });
  });
  expect(await grid.getByRole('row').count()).toBe(3);
  expect((await zoom.innerText()).split(' of ')[0]).toBe(before.split(' of ')[0]);
  expect(new URL(page.url()).searchParams.get('span')).toBe(spanId('a2'));

  await backend.stop();
  await reload.click();
  await page.getByText('It could not be loaded again.').waitFor();
  expect(await grid.getByRole('row').count()).toBe(3);
});

test('with --auth-token the browser asks for it once, and every page works', { timeout: patienceMs }, async () => {
  const token = 'a-token-of-this-test';
  const backend = { ...(await startBackend(['--auth-token', token])), token };
  expect((await fetch(`${backend.http}/search`)).status).toBe(401);
  await store(backend, slowTrace());
  const page = await openPage(`${backend.http}/search`, { password: token });
  await page.getByRole('link', { name: 'GET /', exact: true }).click();
  await page.getByText(/GET \/delay\/:ms in slow took/).waitFor();
  await page.getByRole('button', { name: 'Show the span' }).click();
  await page.getByRole('complementary').getByRole('heading', { name: 'GET /delay/:ms' }).waitFor();
});
