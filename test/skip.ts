/**
 * Tests that cannot run here say why: `testIf(hasGpu, 'needs a GPU')('name', () => …)`. The runner counts them and shows
 * the reasons; it fails a file that skips without one.
 */
import { test } from 'uvu';

export const SKIP_MARK = '# skip ';

export const skip =
  (reason: string) =>
  (name: string): void => {
    test.skip(name);
    console.log(`${SKIP_MARK}${name}: ${reason}`);
  };

/** `test` where the condition holds, else a skip with the reason. */
export const testIf =
  (condition: boolean, reason: string) =>
  (name: string, handler: () => unknown): void =>
    condition ? test(name, async () => void (await handler())) : skip(reason)(name);
