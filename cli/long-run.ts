/**
 * The bin puts V8's last compiler off, since most commands are over before it has earned what it costs. One that will
 * take seconds wants it after all: the values are V8's own.
 */
import { setFlagsFromString } from 'node:v8';

const OWN: Readonly<Record<string, string>> = {
  20: '--interrupt-budget=135168',
  22: '--invocation-count-for-turbofan=3000',
};

export function expectLongRun(): void {
  const flag = OWN[process.versions.node.split('.', 1)[0]!];
  if (flag !== undefined) setFlagsFromString(flag);
}
