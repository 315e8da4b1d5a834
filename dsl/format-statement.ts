/** Statements and bodies in canonical form. */
import { type Comments, rowsOf, stacked } from './format-comments.ts';
import { exprDoc, forced, pathDoc, quote, typeDoc } from './format-expression.ts';
import { concat, type Doc, group, hardline, indent, join, line } from './layout.ts';
import type { Expr, If, Stmt } from './tree.ts';

/** A body, and where its closing brace stands in the source. */
interface Body {
  /** with its braces, for a group around it that may be flat */
  readonly doc: Doc;
  readonly broken: boolean;
  readonly end: number;
}

/** What a body is made of: statements and, in a block, the values it returns. */
type Part = Stmt | { readonly kind: 'return'; readonly values: readonly Expr[]; readonly span: Stmt['span'] };

/** One statement may stand on the line of its braces, where its author put it there; more are one a line. */
export function bodyDoc(comments: Comments, parts: readonly Part[], from: number): Body {
  const open = comments.seek(from, '{');
  const last = parts.at(-1)?.span.end ?? open + 1;
  const close = comments.seek(last, '}');
  const {
    open: behind,
    rows,
    commented,
  } = rowsOf(comments, parts, open, close, (part) => partDoc(comments, part), true);
  if (rows.length === 0) return { doc: concat('{', behind, '}'), broken: false, end: close + 1 };
  const broken = commented || parts.length > 1 || comments.breaks(open, parts[0]?.span.start ?? open);
  const between = broken ? hardline : line;
  const doc = concat('{', behind, indent(between, stacked(comments, rows)), between, '}');
  return { doc, broken, end: close + 1 };
}

function partDoc(comments: Comments, part: Part): Doc {
  if (part.kind !== 'return') return statementDoc(comments, part);
  return concat(
    'return ',
    join(
      ', ',
      part.values.map((value) => exprDoc(comments, value)),
    ),
  );
}

function statementDoc(comments: Comments, stmt: Stmt): Doc {
  const targets = () => ('targets' in stmt ? stmt.targets.map((target) => target.text).join(', ') : '');
  switch (stmt.kind) {
    case 'assign':
      return concat(targets(), ` ${stmt.op} `, exprDoc(comments, stmt.value));
    case 'weight': {
      const path = stmt.path ? concat(' ', pathDoc(comments, stmt.path)) : '';
      const head = concat(
        stmt.trained ? 'param ' : 'frozen ',
        stmt.name.text,
        path,
        ': ',
        typeDoc(comments, stmt.type),
      );
      return concat(head, ' = ', exprDoc(comments, stmt.init));
    }
    case 'input':
      return concat('input ', stmt.name.text, ': ', typeDoc(comments, stmt.type));
    case 'output':
      return concat('output ', targets(), ' = ', exprDoc(comments, stmt.value));
    case 'require':
      return concat('require ', exprDoc(comments, stmt.condition), ', ', quote(stmt.message.value));
    case 'if':
      return ifDoc(comments, stmt);
    case 'for': {
      const names = stmt.names.map((name) => name.text).join(', ');
      const head = concat('for ', names, ' in ', exprDoc(comments, stmt.over), ' ');
      const { doc, broken } = bodyDoc(comments, stmt.body, stmt.over.span.end);
      return group(head, doc, broken ? forced : '');
    }
  }
}

/** All branches are broken or none. */
function ifDoc(comments: Comments, stmt: If): Doc {
  const bodies: Body[] = [];
  const docs: Doc[] = [];
  let at: If | undefined = stmt;
  while (at !== undefined) {
    const condition: Doc = exprDoc(comments, at.condition);
    const body = bodyDoc(comments, at.then, at.condition.span.end);
    bodies.push(body);
    docs.push('if ', condition, ' ', body.doc);
    const next: Stmt | undefined = at.elseIf ? at.else?.[0] : undefined;
    if (at.else !== undefined && next === undefined) {
      const word = comments.seek(body.end, 'else');
      const last = bodyDoc(comments, at.else, word === body.end ? word : word + 4);
      bodies.push(last);
      docs.push(' else ', last.doc);
    }
    at = next?.kind === 'if' ? next : undefined;
    if (at !== undefined) docs.push(' else ');
  }
  // an empty `else` of a tree made by hand is kept
  return group(...docs, bodies.some((body) => body.broken) ? forced : '');
}
