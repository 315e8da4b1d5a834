/** What one finished test file amounts to, read from what its process printed and how it ended. */
import { stripVTControlCharacters } from 'node:util';
import { SKIP_MARK } from './skip.ts';

export interface Ending {
  readonly output: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** the limit that it ran past, in seconds */
  readonly exceeded?: number;
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** names of failed tests, or what is wrong with the file as a whole */
  readonly failures: readonly string[];
  readonly skips: readonly string[];
}

const TOTALS = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm;

export function judge({ output, code, signal, exceeded }: Ending): Verdict {
  const text = stripVTControlCharacters(output).replace(/\r/g, '');
  const lines = text.split('\n');
  const skips = lines.filter((line) => line.startsWith(SKIP_MARK)).map((line) => line.slice(SKIP_MARK.length));
  const names = [...text.matchAll(/^ {2} FAIL (?: .+ )? "(.*)"$/gm)].map((match) => match[1]!);
  const whole = (why: string): Verdict => ({ passed: 0, failed: 1, skipped: 0, failures: [...names, why], skips });

  if (exceeded !== undefined) return whole(`ran past its limit of ${exceeded} s`);
  const totals = [...text.matchAll(TOTALS)].at(-1);
  if (totals === undefined) return whole(`ended without running its tests (${signal ?? `exit code ${code}`})`);
  const [total, passed, skipped] = totals.slice(1).map(Number) as [number, number, number];
  const failed = total - passed;
  const failures = names.length > 0 || failed === 0 ? names : [`${failed} tests`];
  const wrong =
    total + skipped === 0
      ? 'ran no test'
      : skipped > skips.length
        ? 'skipped a test without a reason (see test/skip.ts)'
        : failed === 0 && (code !== 0 || signal !== null)
          ? `ended with ${signal ?? `exit code ${code}`} after its tests`
          : undefined;
  return wrong === undefined
    ? { passed, failed, skipped, failures, skips }
    : { passed, failed: failed + 1, skipped, failures: [...failures, wrong], skips };
}
