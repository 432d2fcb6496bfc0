import { expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { sightline } from './sightline.ts';

test('delete says what it would delete, wants a yes, and says what it deleted', async () => {
  const { addresses, http, dataDir } = await startBackend();
  const now = `${Date.now()}000000`;
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'work',
    startTimeUnixNano: now,
    endTimeUnixNano: now,
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'the cart' } }] };
  await fetch(`${addresses.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  await expect.poll(() => fetch(`${http}/api/v1/traces/${span.traceId}`).then(({ status }) => status)).toBe(200);

  const asked = ['delete', '--data', dataDir, '--service', 'the cart', '--older-than'];
  const none = sightline([...asked, '1d', '--yes']);
  expect(await none.ended).toMatchObject({ code: 0 });
  expect(none.output).toBe('sightline: there are no spans of the cart, received more than 1d ago\n');
  const unsure = sightline([...asked, '0s']);
  expect(await unsure.ended).toMatchObject({ code: 2 });
  expect(unsure.output).toMatch(/1 span of the cart, received more than 0s ago, would be gone .* --yes/);
  const wrong = sightline([...asked, 'long']);
  expect(await wrong.ended).toMatchObject({ code: 2 });
  expect(wrong.output).toMatch(/^sightline: olderThan="long" is not a duration/);
  const sure = sightline([...asked, '0s', '--yes']);
  expect(await sure.ended).toMatchObject({ code: 0 });
  expect(sure.output).toBe('sightline: deleted 1 span of the cart\n');
  expect((await fetch(`${http}/api/v1/traces/${span.traceId}`)).status).toBe(404);
});
