/** `--engine NAME`: one that is available, or why it is not and what would make it so. Engines load when they are named. */
import { nearest } from '../dsl/suggest.ts';
import { defaultEngine } from '../runtime/engines/choose.ts';
import type { Engine } from '../runtime/engines/engine.ts';
import { ENGINE_NAMES, ENGINES, isEngineName } from '../runtime/engines/registry.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';

/** With `--force` the engine says nothing of the memory it takes, and nothing is refused for want of it. */
export async function chooseEngine(invocation: Invocation): Promise<Engine | { readonly exit: Exit }> {
  const engine = await available(invocation);
  return 'exit' in engine || invocation.options.force !== true ? engine : { ...engine, footprint: undefined };
}

async function available(invocation: Invocation): Promise<Engine | { readonly exit: Exit }> {
  const name = invocation.options.engine as string | undefined;
  if (name === undefined) {
    const engine = await defaultEngine();
    if (engine !== undefined) return engine;
    const help = '`ditc engines` says what each of them lacks';
    return { exit: refuse(invocation, EXIT.missing, 'there is no engine that is available', help) };
  }
  if (!isEngineName(name)) {
    const close = nearest(name, ENGINE_NAMES);
    const help = close
      ? `did you mean \`${close}\`?`
      : `the engines are ${ENGINE_NAMES.map((each) => `\`${each}\``).join(', ')}`;
    return { exit: refuse(invocation, EXIT.usage, `there is no engine \`${name}\``, help) };
  }
  const engine = await ENGINES[name]();
  const { available, reason, remedy } = await engine.status();
  if (available) return engine;
  return { exit: refuse(invocation, EXIT.missing, `the engine ${name} is not available: ${reason}`, remedy) };
}
