/**
 * Writes the pictures of README, docs/report-light.png and docs/report-dark.png, from the report of a study:
 * `npm run docs:picture -- runs/conditioning`. Needs Chromium and sharp.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { packageRoot } from '../../cli/package-root.ts';

const [study = path.join('runs', 'conditioning')] = process.argv.slice(2);
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const { default: sharp } = await import('sharp');

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1180, height: 870 }, colorScheme });
  await page.goto(pathToFileURL(path.resolve(study, 'report.html')).href);
  const file = path.join(packageRoot, 'docs', `report-${colorScheme}.png`);
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(file);
  console.log(file);
}
await browser.close();
