/** What a file offers, as written in it: models with their parameters, presets, grids, recipes. Nothing is evaluated. */
import type { Span } from '../dsl/span.ts';
import type { Arg, File, Point, Vary } from '../dsl/tree.ts';

export interface OutlineParameter {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly doc?: string;
}

export interface Outline {
  readonly file: string;
  readonly doc?: string;
  readonly models: readonly {
    readonly name: string;
    readonly doc?: string;
    readonly parameters: readonly OutlineParameter[];
  }[];
  readonly presets: readonly {
    readonly name: string;
    readonly doc?: string;
    readonly of: string;
    readonly set: Readonly<Record<string, string>>;
    readonly expect: Readonly<Record<string, string>>;
  }[];
  readonly grids: readonly {
    readonly name: string;
    readonly doc?: string;
    readonly of: string;
    readonly set: Readonly<Record<string, string>>;
    readonly with?: string;
    readonly vary: readonly string[];
  }[];
  readonly recipes: readonly {
    readonly name: string;
    readonly doc?: string;
    readonly of?: string;
    readonly fields: readonly string[];
  }[];
}

/** The text of a span on one line, without comments. */
function textOf(file: File, { start, end }: Span): string {
  return file.source.text
    .slice(start, end)
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/([([]) | (?=[)\]])/g, '$1')
    .trim();
}

export function outlineOf(file: File): Outline {
  const text = (span: Span): string => textOf(file, span);
  const named = (args: readonly Arg[]): Record<string, string> =>
    Object.fromEntries(args.map((arg) => [arg.name?.text ?? '', text(arg.value.span)]));
  const pointed = ({ of, ofPreset, args }: Point) => ({ of: ofPreset ? `"${of.text}"` : of.text, set: named(args) });
  const of = <K extends File['decls'][number]['kind']>(kind: K) =>
    file.decls.filter((decl): decl is Extract<File['decls'][number], { kind: K }> => decl.kind === kind);
  const vary = (item: Vary): string => text(item.span);
  return {
    file: file.source.path,
    doc: file.doc,
    models: of('model').map(({ name, doc, params }) => ({
      name: name.text,
      doc,
      parameters: params.map((param) => ({
        name: param.name.text,
        type: text(param.type.span),
        default: param.default && text(param.default.span),
        doc: param.doc,
      })),
    })),
    presets: of('preset').map(({ name, doc, point, expect }) => ({
      name: name.text,
      doc,
      ...pointed(point),
      expect: Object.fromEntries(
        expect.map((fact) => [
          fact.name.text,
          text({ start: fact.value.span.start, end: fact.tolerance?.span.end ?? fact.value.span.end }),
        ]),
      ),
    })),
    grids: of('grid').map((grid) => ({
      name: grid.name.text,
      doc: grid.doc,
      ...pointed(grid.of),
      with: grid.with?.text,
      vary: grid.varies.map(vary),
    })),
    recipes: of('recipe').map(({ name, doc, of: base, entries }) => ({
      name: name.text,
      doc,
      of: base?.text,
      fields: entries.map((entry) => entry.name.text),
    })),
  };
}
