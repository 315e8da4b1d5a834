// limit: 240 s
/** The pages of `ditc report` in a browser: they search, sort, open by keyboard, and fit a phone, in light and dark. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testIf } from '../skip.ts';
import { ditc } from './ditc.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const inBrowser = testIf(executablePath !== undefined, 'needs Chromium: apt-get install chromium');

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-pages-'));
const file = path.join(folder, 'dit.html');
let browser: Browser | undefined;
const complaints: string[] = [];

async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  browser ??= await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await browser.newPage(options);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
      complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

test.before(() => {
  if (executablePath !== undefined) assert.is(ditc(['report', 'specs/dit.dit#DiT-S/2', '--out', file]).code, 0);
});
test.after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

inBrowser('searching opens what holds the find and hides the rest', async () => {
  const page = await open();
  assert.not.ok(await page.getByText('softmax', { exact: true }).last().isVisible());
  await page.locator('#search').fill('softmax');
  assert.is(await page.locator('.tree .hit').count(), 1);
  assert.ok(await page.locator('.tree .hit').isVisible());
  assert.is(await page.locator('#found').textContent(), '1 found');
  assert.not.ok(await page.locator('.tree .node', { hasText: 'gelu_tanh' }).first().isVisible());
});

inBrowser('a click on a head sorts by it, the other way at the second', async () => {
  const page = await open();
  const table = page.locator('#roles table');
  const first = (): Promise<string | null> => table.locator('tbody tr td').first().textContent();
  await table.getByRole('button', { name: 'MACs' }).click();
  assert.is(await first(), 'mlp');
  assert.is(await table.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
  await table.getByRole('button', { name: 'MACs' }).click();
  assert.is(await table.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
  assert.is.not(await first(), 'mlp');
});

inBrowser('blocks open by keyboard, and a node shows its line of the spec', async () => {
  const page = await open();
  const block = page.locator('.tree summary', { hasText: 'AdaLNZeroBlock' }).first();
  const inside = page.locator('.tree .node', { hasText: 'gate1' }).first();
  assert.not.ok(await inside.isVisible());
  await block.focus();
  await page.keyboard.press('Enter');
  await inside.waitFor({ state: 'visible', timeout: 5000 });
  await block.locator('a[data-line]').click();
  const line = page.locator('pre.source .now');
  assert.match((await line.textContent()) ?? '', /layer\(x, c, memory, size, attn, mlp\) as blocks\[i\]/);
});

inBrowser('a phone scrolls tables, not the page; dark paper is dark', async () => {
  const page = await open({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.is(overflow, 0);
  const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  assert.is(paper, 'rgb(18, 21, 28)');
});

inBrowser('nothing complains, and nothing is asked of a network', () => {
  assert.equal(complaints, []);
});

test.run();
