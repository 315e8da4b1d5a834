/** `ditc explain CODE`: the page of a diagnostic in `docs/errors`. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandModule, printJson, refuse } from '../command.ts';
import { EXIT } from '../exit.ts';
import { packageRoot } from '../package-root.ts';
import { showPage } from '../page.ts';

const folder = path.join(packageRoot, 'docs', 'errors');

const codes = (): string[] =>
  readdirSync(folder)
    .filter((name) => /^[A-Z]\d{4}\.md$/.test(name))
    .map((name) => name.slice(0, -'.md'.length))
    .sort();

const page = (code: string): string => readFileSync(path.join(folder, `${code}.md`), 'utf8');

/** The heading of a page, without its code: `# D0304: unequal dims` */
const title = (text: string): string => (/^# *(.*)$/m.exec(text)?.[1] ?? '').replace(/^[A-Z]\d{4}[:.]? */, '');

/** The two examples of a page, said which is which. */
function captioned(text: string): string {
  if (text.match(/^```dit$/gm)?.length !== 2) return text;
  const captions = ['With the mistake:', 'Without it:'];
  return text.replace(/^```dit$/gm, (fence) => `${captions.shift()}\n\n${fence}`);
}

/** The code with the nearest number: it is about the same subject. */
const nearest = (code: string, all: readonly string[]): string | undefined => {
  const number = Number(code.replace(/\D/g, ''));
  return [...all].sort((a, b) => Math.abs(Number(a.slice(1)) - number) - Math.abs(Number(b.slice(1)) - number))[0];
};

export const explain: CommandModule = {
  describe: (command) =>
    command.argument('[code]', 'as printed in brackets, `D0304`; without it, all codes are listed'),
  example: 'ditc explain D0304',
  run: ({ args, options, terminal }) => {
    const all = codes();
    const wanted = args[0]?.toUpperCase().replace(/^\d{4}$/, 'D$&');
    if (wanted === undefined) {
      const entries = all.map((code) => ({ code, title: title(page(code)) }));
      if (options.json) printJson(terminal, { codes: entries });
      else terminal.out(entries.map((entry) => `${entry.code}  ${entry.title}\n`).join(''));
      return EXIT.fine;
    }
    if (!all.includes(wanted)) {
      const near = nearest(wanted, all);
      const help = near ? `did you mean ${near} (${title(page(near))})? \`ditc explain\` lists all` : undefined;
      return refuse({ options, terminal }, EXIT.usage, `no diagnostic \`${args[0]}\``, help);
    }
    const text = page(wanted);
    if (options.json) printJson(terminal, { code: wanted, title: title(text), text });
    else terminal.out(showPage(captioned(text), terminal.color.out));
    return EXIT.fine;
  },
};
