/**
 * What a person points a command at: `FILE`, `FILE#NAME` (a preset, model or grid of that file) or `-`, and the
 * parameters changed by `--set path=value`. Names of presets may hold anything; names of files may even hold `#`.
 */
import { existsSync } from 'node:fs';

export interface Target {
  /** a path, or `-` for standard input */
  readonly file: string;
  readonly name?: string;
}

/** The first `#` whose left side is a file splits; where there is no file, the first `#` does. */
export function parseTarget(text: string, isFile: (path: string) => boolean = existsSync): Target {
  if (isFile(text)) return { file: text };
  const marks = [...text.matchAll(/#/g)].map(({ index }) => index).filter((index) => index > 0);
  const at = marks.find((index) => text.slice(0, index) === '-' || isFile(text.slice(0, index))) ?? marks[0];
  return at === undefined ? { file: text } : { file: text.slice(0, at), name: text.slice(at + 1) };
}

/** `size.width=192`: the value is an expression of the language. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** None where the text has not the form of a setting. */
export function parseSetting(text: string): Setting | undefined {
  const match = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*=\s*(\S.*)$/su.exec(text);
  return match ? { path: match[1]!, value: match[2]!.trimEnd() } : undefined;
}
