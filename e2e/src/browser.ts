/** Debian's Chromium, looked at as a person would: what is on the page, and screenshots to keep. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { eventually, root } from './sightline.ts';

const artifacts = join(root, 'e2e/artifacts');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface View {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  touch?: boolean;
  /** Lets tests put scripts into the page, which the pages themselves may not. */
  bypassCsp?: boolean;
  /** What a person types into the browser's own login. */
  password?: string;
  /** Complaints of the console that the test provokes, and that do not fail it. */
  expected?: RegExp;
}

/** A page of its own profile; whatever it complains about in its console fails the test at its end. */
export async function openPage(url: string, view: View = {}): Promise<Page> {
  const context = await openContext(view);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (!view.expected?.test(message.text())) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  onTestFinished(() => expect(complaints).toEqual([]));
  await page.goto(url);
  return page;
}

let browser: Promise<Browser> | undefined;

/** One browser for the tests of a worker, which Playwright ends with it; each has its own profile in it. */
async function openContext(view: View): Promise<BrowserContext> {
  const { width = 1440, height = 900, theme = 'light', touch = false, bypassCsp = false, password } = view;
  browser ??= chromium.launch({ executablePath, args });
  const context = await (await browser).newContext({
    ...(password && { httpCredentials: { username: 'anyone', password } }),
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: touch,
    bypassCSP: bypassCsp,
    reducedMotion: 'reduce',
  });
  onTestFinished(() => context.close());
  return context;
}

export type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** Where it is on the page: what a pointer aims at. A plot that is just being made anew is waited for. */
export async function boxOf(locator: Locator): Promise<Box> {
  return await eventually(async () => {
    const box = await locator.boundingBox();
    if (!box) throw new Error(`${locator} is not in sight`);
    return box;
  });
}

/** Kept in e2e/artifacts/ for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(artifacts, `${name}.png`) });
}

/** What axe-core finds wrong, one line each. The page needs `bypassCsp`. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.addScriptTag({ content: readFileSync(source, 'utf8') });
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResult> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
