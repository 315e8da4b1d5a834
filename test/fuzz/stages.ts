/**
 * What every case of the fuzzer goes through, in order. A stage takes the text of a file and must come back: whatever it
 * throws, and whatever takes longer than a second, is a finding. New stages are added to the list.
 */
import { toJson } from '../../dsl/diagnostic-json.ts';
import { format } from '../../dsl/format.ts';
import { type Parsed, parse } from '../../dsl/parse.ts';
import { render } from '../../dsl/render.ts';
import { bare } from '../dsl/bare.ts';

export interface Stage {
  readonly name: string;
  readonly run: (text: string, parsed: Parsed) => void;
}

const must = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what);
};

const diagnostics: Stage = {
  name: 'diagnostics',
  run(text, parsed) {
    must(parsed.file.decls !== undefined, 'there is no tree');
    must(parsed.diagnostics.length <= 101, 'there are too many messages');
    for (const diagnostic of parsed.diagnostics) {
      const { start, end } = diagnostic.place.span;
      must(0 <= start && start <= end && end <= text.length, `${diagnostic.code} has no place in the text`);
      must(!/undefined|NaN|\[object|expecting/.test(diagnostic.message), `wording: ${diagnostic.message}`);
      must(diagnostic.message.length < 300, `a long message: ${diagnostic.message.slice(0, 80)}`);
      must(render(diagnostic, { color: true }) !== '', 'an empty rendering');
      JSON.stringify(toJson(diagnostic));
    }
  },
};

const spans: Stage = {
  name: 'spans',
  run(text, parsed) {
    const walk = (node: unknown): void => {
      if (Array.isArray(node)) for (const one of node) walk(one);
      else if (typeof node === 'object' && node !== null) {
        const { span, ...rest } = node as { span?: { start: number; end: number } };
        if (span !== undefined) {
          must(0 <= span.start && span.start <= span.end && span.end <= text.length, `span ${JSON.stringify(span)}`);
        }
        for (const value of Object.values(rest)) walk(value);
      }
    };
    walk(parsed.file.decls);
  },
};

const formatting: Stage = {
  name: 'format',
  run(_, parsed) {
    const { file } = parsed;
    if (parsed.diagnostics.length > 0) {
      format(file);
      return;
    }
    const text = format(file);
    const again = parse({ path: 'again.dit', text });
    must(again.diagnostics.length === 0, `formatted: ${again.diagnostics[0]?.message}`);
    must(JSON.stringify(bare(again.file.decls)) === JSON.stringify(bare(file.decls)), 'formatting changes the tree');
    must(again.file.doc === file.doc, 'formatting changes the documentation of the file');
    must(again.file.comments.length === file.comments.length, 'formatting loses a comment');
    must(format(again.file) === text, 'formatting twice differs');
  },
};

/** The whole way of one case. */
export const STAGES: Stage[] = [diagnostics, spans, formatting];

export function runStages(text: string): void {
  const parsed = parse({ path: 'fuzz.dit', text });
  for (const stage of STAGES) {
    try {
      stage.run(text, parsed);
    } catch (error) {
      throw new Error(`${stage.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}
