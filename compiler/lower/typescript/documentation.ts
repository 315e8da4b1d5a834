/** What a spec says of its blocks, for the comments of what is written of them. */
import path from 'node:path';
import { parse } from '../../../dsl/parse.ts';
import type { Source } from '../../../dsl/span.ts';
import type { File } from '../../../dsl/tree.ts';
import type { Graph } from '../../ir/graph.ts';

const parsed = new WeakMap<Source, File>();

function fileOf(source: Source): File {
  let file = parsed.get(source);
  if (file === undefined) parsed.set(source, (file = parse(source).file));
  return file;
}

/** The lines above the block or model in its spec. */
export function documentationOf({ place }: Graph): readonly string[] {
  if (place === undefined) return [];
  const decl = fileOf(place.source).decls.find(
    (one) => 'name' in one && typeof one.name === 'object' && one.name.span.start === place.span.start,
  );
  return decl?.doc?.split('\n') ?? [];
}

/** What the file of the model says of itself: the paper, and whose weights it takes. */
export const fileDocumentationOf = ({ place }: Graph): readonly string[] =>
  place === undefined ? [] : (fileOf(place.source).doc?.split('\n') ?? []);

/** `dit.dit`, whoever keeps it where */
export const specOf = ({ place }: Graph): string => (place === undefined ? '' : path.posix.basename(place.source.path));

/** A comment of these lines. */
export function comment(lines: readonly string[]): string {
  const safe = lines.map((line) => line.replaceAll('*/', '*\\/').trimEnd());
  if (safe.length === 0) return '';
  if (safe.length === 1 && safe[0]!.length < 112) return `/** ${safe[0]} */\n`;
  return `/**\n${safe.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}
