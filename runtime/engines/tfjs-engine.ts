/** An engine over one backend of tfjs, opened when it is first asked for. */
import type { Engine, EngineStatus } from './engine.ts';
import { engineError } from './engine-error.ts';
import type { TfjsBackend } from './tfjs-backend.ts';
import { openSession } from './tfjs-session.ts';

export interface Missing {
  readonly reason: string;
  readonly remedy: string;
}

export interface TfjsEngine {
  readonly name: string;
  readonly open: () => Promise<TfjsBackend>;
  /** why it could not be opened, and what would help */
  readonly explain: (error: unknown) => Missing;
}

export function tfjsEngine({ name, open, explain }: TfjsEngine): Engine {
  let opening: Promise<TfjsBackend> | undefined;
  const opened = () => (opening ??= open());
  return {
    name,
    async status(): Promise<EngineStatus> {
      try {
        const { version, device } = await opened();
        return { name, available: true, version, device };
      } catch (error) {
        return { name, available: false, ...explain(error) };
      }
    },
    footprint: async () => (await opened().catch(() => undefined))?.footprint,
    async load(program, state, { batch }) {
      const backend = await opened().catch((error) => {
        const { reason, remedy } = explain(error);
        throw engineError('missing', `the engine ${name} is not available: ${reason}; ${remedy}`, error);
      });
      return openSession(backend, program, state, batch);
    },
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Of packages that are not there, or do not load. */
export function explainPackage(name: string, error: unknown): Missing {
  const [first] = messageOf(error).split('\n');
  if (/find (module|package)/i.test(messageOf(error))) {
    return { reason: `${name} is not installed`, remedy: `npm install ${name} --ignore-scripts` };
  }
  return { reason: `${name} does not load: ${first}`, remedy: `npm install ${name} --ignore-scripts --force` };
}
