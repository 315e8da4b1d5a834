/**
 * What the compiler says about a spec: values, never exceptions. A diagnostic is made from an entry of a table of
 * codes (`defineCodes`), so a code, its severity and the wording of its message stand in one place, and the holes of
 * the message are typed. Wording as in rustc: lower case, no full stop, names in backquotes, shapes as `[N, 256, 384]`.
 */
import type { Place } from './span.ts';

export type Severity = 'error' | 'warning';

/** The other party of a mistake: "declared here", "bound to 384 here". */
export interface Label {
  readonly place: Place;
  readonly text: string;
}

/** One replacement of text; an insertion has an empty span. All edits of a fix are in the file of the diagnostic. */
export interface Edit {
  readonly place: Place;
  readonly text: string;
}

/** A change that a machine may apply. */
export interface Fix {
  readonly message: string;
  readonly edits: readonly Edit[];
}

export interface Diagnostic {
  /** stable, `D` and four digits */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** the smallest span that shows the mistake */
  readonly place: Place;
  /** said at the place itself, under the caret */
  readonly text?: string;
  readonly labels: readonly Label[];
  /** more facts, among them the instantiation trace: "in AdaLNZeroBlock, from DiT.blocks.0, preset "DiT-S/2"" */
  readonly notes: readonly string[];
  /** how to mend it, in words */
  readonly help?: string;
  readonly fixes: readonly Fix[];
}

/** One code: its severity and its message, a function of its typed holes. */
export interface Code<Holes> {
  readonly severity: Severity;
  readonly message: (holes: Holes) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds codes with different holes
export type CodeTable = Readonly<Record<string, Code<any>>>;

type HolesOf<C> = C extends Code<infer H> ? H : never;

export type Extras = Partial<Pick<Diagnostic, 'text' | 'labels' | 'notes' | 'help' | 'fixes'>>;

/**
 * A maker of diagnostics for a table of codes.
 *
 *     const report = defineCodes({ D0201: { severity: 'error', message: (h: { name: string }) => `unknown name \`${h.name}\`` } });
 *     report('D0201', place, { name: 'Linaer' }, { help: 'did you mean `Linear`?' });
 */
export function defineCodes<T extends CodeTable>(
  table: T,
): (<K extends keyof T & string>(code: K, place: Place, holes: HolesOf<T[K]>, extras?: Extras) => Diagnostic) & {
  readonly table: T;
} {
  const make = <K extends keyof T & string>(code: K, place: Place, holes: HolesOf<T[K]>, extras: Extras = {}) => {
    const entry = table[code]!;
    const { text, labels = [], notes = [], help, fixes = [] } = extras;
    return { code, severity: entry.severity, message: entry.message(holes), place, text, labels, notes, help, fixes };
  };
  return Object.assign(make, { table });
}
