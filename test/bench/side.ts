/**
 * One side of a comparison: a process of its own, so that its memory is its own too, which does one step whenever it is
 * told to. Sides take turns step by step, since other work on the machine only ever slows down, and not both alike.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a side says when it is ready, after a step, and at its end. */
export interface Said {
  readonly version?: string;
  readonly milliseconds?: number;
  /** milliseconds of all its threads: what counts where other work takes the cores away */
  readonly cpu?: number;
  readonly peak_bytes?: number;
  /** before there was a model */
  readonly base_bytes?: number;
  readonly macs?: number;
}

export interface Side {
  step(): Promise<Said>;
  end(): Promise<Said>;
}

/** Starts a side and waits until it is ready, or says why it cannot be. */
export async function openSide(
  command: string,
  args: readonly string[],
  task: object,
  env: Readonly<Record<string, string>> = {},
): Promise<Side | { readonly reason: string }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let trouble = '';
  child.stderr.on('data', (text) => {
    trouble += text;
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('exit', (code, signal) => resolve(trouble.trim().split('\n').at(-1) || `ended with ${code ?? signal}`));
  });
  const say = async (text: string): Promise<Said> => {
    child.stdin.write(`${text}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(await ended);
      // libraries greet on standard output too
      if (value.startsWith('{')) return JSON.parse(value) as Said;
    }
  };
  try {
    await say(JSON.stringify(task));
  } catch (error) {
    return { reason: (error as Error).message };
  }
  return { step: () => say('step'), end: () => say('end') };
}
