/**
 * `events.jsonl`: what happened in a run, one JSON object a line, each with `time` (ISO 8601) and `event`. Lines are
 * appended and never changed, but for those past the checkpoint from which a run goes on, which are taken back.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import { writeText } from './checkpoint.ts';

export interface EventLog {
  add(event: string, fields?: Readonly<Record<string, unknown>>): Result<void>;
  close(): void;
}

export type LoggedEvent = Readonly<Record<string, unknown>> & { readonly event: string; readonly time: string };

/** The lines that are whole. */
export function readEvents(folder: string): readonly LoggedEvent[] {
  const file = path.join(folder, 'events.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): LoggedEvent[] => {
      try {
        const event: unknown = JSON.parse(line);
        return typeof event === 'object' && event !== null && 'event' in event ? [event as LoggedEvent] : [];
      } catch {
        return [];
      }
    });
}

/** `from`: the step that the run goes on from; what was logged of later steps will happen again. */
export async function openEventLog(folder: string, from?: number): Promise<Result<EventLog>> {
  const file = path.join(folder, 'events.jsonl');
  const before = readEvents(folder);
  if (before.length > 0 && from !== undefined) {
    const kept = before.filter(({ step }) => typeof step !== 'number' || step <= from);
    const written = await writeText(file, kept.map((event) => `${JSON.stringify(event)}\n`).join(''));
    if (!written.ok) return written;
  }
  const opened = withSystem(file, () => openSync(file, 'a'));
  if (!opened.ok) return opened;
  return {
    ok: true,
    value: {
      add: (event, fields = {}) =>
        withSystem(file, () => {
          writeSync(opened.value, `${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
        }),
      close: () => closeSync(opened.value),
    },
  };
}
