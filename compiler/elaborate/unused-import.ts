import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { report } from './codes.ts';
import { placeIn, type Scope } from './symbol.ts';

/** Imports of a file that nothing in it uses, each with the edit that removes it and its comma. */
export function unusedImports(scope: Scope): Diagnostic[] {
  return [...scope.imports.values()].flatMap((made) => {
    if (made.used) return [];
    const others = made.use.items.length > 1;
    const { text } = scope.file.source;
    let { start, end } = others ? made.span : made.use.span;
    if (others) {
      const after = /^\s*,\s*/.exec(text.slice(end));
      const before = /,\s*$/.exec(text.slice(0, start));
      if (after !== null) end += after[0].length;
      else if (before !== null) start -= before[0].length;
    }
    return [
      report(
        'D0206',
        placeIn(scope, made.span),
        { what: made.what },
        { fixes: [{ message: 'remove it', edits: [{ place: placeIn(scope, { start, end }), text: '' }] }] },
      ),
    ];
  });
}
