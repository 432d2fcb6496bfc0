import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const a = JSON.parse(readFileSync('/tmp/h-doors-addr.json')); const base = process.argv[2] ?? a.http;
const args = ['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
const shots = JSON.parse(readFileSync(process.argv[3] ?? '/tmp/h-doors-shots.json'));
for (const { name, path, width = 1440, height = 900, theme = 'light', wait = 2500, steps = [] } of shots) {
  const c = await browser.newContext({ viewport: { width, height }, colorScheme: theme }); const p = await c.newPage();
  p.on('console', m => m.type()==='error' && console.log(name, 'console', m.text())); p.on('pageerror', e => console.log(name, 'pageerror', e.message));
  p.on('response', r => r.status()>=400 && console.log(name, r.status(), r.url()));
  await p.goto(base + path); await p.waitForTimeout(wait);
  for (const s of steps) { try { if (s.click) await p.click(s.click, { timeout: 4000 }); if (s.type) await p.keyboard.type(s.type, { delay: 30 }); if (s.press) await p.keyboard.press(s.press); if (s.eval) console.log(name, await p.evaluate(s.eval)); } catch (e) { console.log(name, 'step', JSON.stringify(s), e.message.split('\n')[0]); } await p.waitForTimeout(s.wait ?? 1200); }
  await p.screenshot({ path: `/tmp/h-doors-shots/${name}.png` }); await c.close();
}
await browser.close();
