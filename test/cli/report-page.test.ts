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

async function open(options: Parameters<Browser['newPage']>[0] = {}, shown = file): Promise<Page> {
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
  await page.goto(pathToFileURL(shown).href);
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
  await table.getByRole('button', { name: /^MACs/ }).click();
  assert.is(await first(), 'mlp');
  assert.is(await table.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
  await table.getByRole('button', { name: /^MACs/ }).click();
  assert.is(await table.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
  assert.is.not(await first(), 'mlp');
  // a third click gives the order of the page again
  await table.getByRole('button', { name: /^MACs/ }).click();
  assert.is(await table.locator('th[aria-sort]').count(), 0);
  assert.is(await first(), 'attention scores');
  // text rises first
  await table.getByRole('button', { name: 'role' }).click();
  assert.is(await table.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
});

inBrowser('blocks open to any level, and arrows walk the graph', async () => {
  const page = await open();
  const closed = page.locator('.tree details:not([open])');
  const levels = page.locator('.levels');
  await levels.getByRole('button', { name: 'all' }).click();
  assert.is(await closed.count(), 0);
  await levels.getByRole('button', { name: '0' }).click();
  assert.is(await page.locator('.tree details[open]').count(), 0);
  const focused = (): Promise<string> => page.evaluate('document.activeElement.querySelector(".what").textContent');
  await page.locator('.tree summary').first().focus();
  // open it, step in, and back out to it
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.is(await focused(), 'frozen pos_embed');
  await page.keyboard.press('ArrowDown');
  assert.is(await focused(), 'PatchEmbed');
  await page.keyboard.press('ArrowLeft');
  assert.is(await focused(), 'Backbone');
  await page.keyboard.press('ArrowLeft');
  assert.is(await page.locator('.tree details[open]').count(), 0);
});

inBrowser('a part of the icicle is read with Tab, a finger or the mouse', async () => {
  const page = await open();
  const part = page.locator('svg.icicle rect[data-hover*="adaLN_modulation"]').first();
  await part.focus();
  // 12 · 384 · 2304 of 6.056 G; with biases 12 · (384 · 2304 + 2304) parameters of 32.87 M
  const said = await page.locator('.read').first().textContent();
  assert.match(
    said ?? '',
    /^blocks\[0\.\.11\]\.adaLN_modulation: 10\.62M MACs, 0\.18 %, 10\.64M parameters, 32\.39 %$/,
  );
});

inBrowser('slash goes to the search, Enter through what is found, Escape back', async () => {
  const page = await open();
  await page.keyboard.press('/');
  await page.keyboard.type('linear');
  const hits = await page.locator('.tree .hit').count();
  assert.ok(hits > 3);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  assert.is(await page.locator('.tree .at').count(), 1);
  assert.is(
    await page.evaluate('[...document.querySelectorAll(".tree .hit")].findIndex((hit) => hit.matches(".at"))'),
    1,
  );
  await page.keyboard.press('Escape');
  assert.is(await page.locator('.tree .hit, .tree .miss').count(), 0);
});

inBrowser('on paper there are no tools, and nothing is cut off', async () => {
  const page = await open({ viewport: { width: 794, height: 1123 } });
  await page.emulateMedia({ media: 'print' });
  assert.not.ok(await page.locator('.tools').isVisible());
  assert.not.ok(await page.locator('nav').isVisible());
  const cut = await page.evaluate(
    '[...document.querySelectorAll("#roles table, #modules table, svg.icicle")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).length',
  );
  assert.is(cut, 0);
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
  // what a node is, what it costs and its shape
  const node = page.locator('.tree summary', { hasText: 'AdaLNZeroBlock' }).first();
  for (const part of ['.what', '.macs', '.type', '.weights']) assert.ok(await node.locator(part).isVisible(), part);
});

inBrowser('a phone shows all points of a chart, and what a point of a grid costs beside its name', async () => {
  const grid = path.join(folder, 'grid.html');
  assert.is(ditc(['report', 'specs/digits.dit#conditioning', '--out', grid]).code, 0);
  const page = await open({ viewport: { width: 390, height: 800 } }, grid);
  const beyond = (what: string) =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(what)})].filter((each) => each.getBoundingClientRect().right > innerWidth).length`,
    );
  assert.ok((await page.locator('.chart circle').count()) > 1);
  assert.is(await beyond('.chart circle'), 0);
  assert.is(await beyond('.chart text'), 0);
  assert.is(await beyond('#points td:nth-child(-n+3)'), 0);
  assert.is(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), 0);
});

inBrowser('the graph begins with its inputs and ends with its outputs', async () => {
  const page = await open();
  const rows = await page.locator('.tree > *').evaluateAll((all) => all.map((row) => row.textContent ?? ''));
  assert.match(rows[0]!, /^input x\[N, 32, 32, 4\]image$/);
  assert.match(rows[1]!, /^input t\[N\]timestep$/);
  assert.match(rows[2]!, /^input yint\[N\]label\(1000, null: 1000\)$/);
  assert.match(rows.at(-1)!, /^output sigma\[N, 32, 32, 4\]$/);
});

inBrowser('nothing complains, and nothing is asked of a network', () => {
  assert.equal(complaints, []);
});

test.run();
