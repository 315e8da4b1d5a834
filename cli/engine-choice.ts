/** `--engine NAME`: one that is available, or why it is not and what would make it so. Engines load when they are named. */
import { nearest } from '../dsl/suggest.ts';
import type { Engine } from '../runtime/engines/engine.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';

const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  onnx: async () => (await import('../runtime/engines/onnx.ts')).onnx,
  reference: async () => (await import('../runtime/engines/reference.ts')).reference,
};

export async function chooseEngine(invocation: Invocation): Promise<Engine | { readonly exit: Exit }> {
  const name = (invocation.options.engine as string | undefined) ?? 'onnx';
  const open = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (open === undefined) {
    const names = Object.keys(ENGINES);
    const close = nearest(name, names);
    const help = close ? `did you mean \`${close}\`?` : `there are ${names.map((each) => `\`${each}\``).join(' and ')}`;
    return { exit: refuse(invocation, EXIT.usage, `there is no engine \`${name}\``, help) };
  }
  const engine = await open();
  const { available, reason, remedy } = await engine.status();
  if (available) return engine;
  return { exit: refuse(invocation, EXIT.missing, `the engine ${name} is not available: ${reason}`, remedy) };
}
