/** Declarations in canonical form. */

import { type Comments, rowsOf, separated } from './format-comments.ts';
import { braces, exprDoc, quote, typeDoc } from './format-expression.ts';
import { bodyDoc } from './format-statement.ts';
import { gridDoc, presetDoc, recipeDoc } from './format-study.ts';
import { align, concat, type Doc, fill, group, hardline, indent, join, keptline, line } from './layout.ts';
import type { Block, Decl, Model, Param, Result, Use } from './tree.ts';

export function declarationDoc(comments: Comments, decl: Decl): Doc {
  switch (decl.kind) {
    case 'use':
      return useDoc(comments, decl);
    case 'const':
      return concat('const ', decl.name.text, ' = ', exprDoc(comments, decl.value));
    case 'enum': {
      const from = decl.name.span.end;
      return concat(
        'enum ',
        decl.name.text,
        ' ',
        braces(comments, decl.members, from, decl.span.end, (name) => name.text),
      );
    }
    case 'record': {
      const fields = braces(comments, decl.fields, decl.name.span.end, decl.span.end, (field) =>
        paramDoc(comments, field),
      );
      return concat('record ', decl.name.text, ' ', fields);
    }
    case 'block':
      return blockDoc(comments, decl);
    case 'model': {
      const { doc, broken } = bodyDoc(comments, decl.body, endOfParams(comments, decl));
      return concat(group('model ', decl.name.text, paramsDoc(comments, decl)), ' ', broken ? doc : group(doc));
    }
    case 'preset':
      return presetDoc(comments, decl);
    case 'recipe':
      return recipeDoc(comments, decl);
    case 'grid':
      return gridDoc(comments, decl);
  }
}

function useDoc(comments: Comments, decl: Use): Doc {
  const from = decl.from.kind === 'path' ? quote(decl.from.text) : decl.from.text;
  const items = braces(comments, decl.items, decl.from.span.end, decl.span.end, (item) => {
    const name = item.kind === 'preset' ? quote(item.name.text) : item.name.text;
    return item.as ? `${name} as ${item.as.text}` : name;
  });
  return concat(decl.export ? 'export use ' : 'use ', from, ' ', items);
}

function paramDoc(comments: Comments, param: Param): Doc {
  const value = param.default ? concat(' = ', exprDoc(comments, param.default)) : '';
  return concat(param.name.text, ': ', typeDoc(comments, param.type), value);
}

/**
 * In a group that is broken: filled, each line below the first, and broken where the author broke it. With comments each
 * stands on a line of its own.
 */
function paramsDoc(comments: Comments, decl: Block | Model): Doc {
  const { params } = decl;
  const to = endOfParams(comments, decl);
  const { rows, commented } = rowsOf(comments, params, decl.name.span.end, to, (param) => paramDoc(comments, param));
  const docs = separated(rows);
  if (rows.length === 0) return '()';
  if (commented) return concat('(', indent(hardline, join(hardline, docs)), hardline, ')');
  const parts = rows.flatMap((row, i) => {
    if (i === 0) return [docs[i]!];
    return [comments.breaks(rows[i - 1]!.end, row.start) ? keptline : line, docs[i]!];
  });
  return concat('(', align(fill(parts)), ')');
}

const endOfParams = (comments: Comments, { params, name }: Block | Model) => {
  const last = params.at(-1)?.span.end;
  if (last !== undefined) return comments.seek(last, ')') + 1;
  return comments.seek(comments.seek(name.span.end, '(') + 1, ')') + 1;
};

function resultDoc(comments: Comments, { name, type }: Result): Doc {
  return name ? concat(name.text, ': ', typeDoc(comments, type)) : typeDoc(comments, type);
}

function blockDoc(comments: Comments, decl: Block): Doc {
  const results = decl.results.map((result) => resultDoc(comments, result));
  const last = decl.results.at(-1)?.span.end ?? decl.name.span.end;
  const listed = decl.listed || results.length !== 1 || decl.results[0]!.name !== undefined;
  const result = listed
    ? concat('(', fill(results.flatMap((doc, i) => (i === 0 ? [doc] : [', ', doc]))), ')')
    : results[0]!;
  const params = concat('block ', decl.name.text, paramsDoc(comments, decl));
  const head = (tail: Doc) => group(params, group(indent(indent(line, '-> ', result, tail))));
  if (decl.short) {
    const value = decl.returns[0]!;
    return concat(head(' ='), group(indent(line, exprDoc(comments, value))));
  }
  const first = decl.returns[0]?.span.start ?? last;
  const back = {
    kind: 'return',
    values: decl.returns,
    span: { start: first, end: decl.returns.at(-1)?.span.end ?? last },
  } as const;
  const from = decl.listed ? comments.seek(last, ')') + 1 : last;
  const { doc, broken } = bodyDoc(comments, [...decl.body, back], from);
  return concat(head(''), ' ', broken ? doc : group(doc));
}
