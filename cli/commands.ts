/** Every command: what it does in a line, and where it is. Loading this loads none of them. */
import type { CommandModule } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  explain: {
    summary: 'what a diagnostic means, with a failing and a fixed example',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
};
