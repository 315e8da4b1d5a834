/** The names that a piece of a tree reads and gives values to, as far as the text says: what they stand for is not asked. */

export interface NameVisitor {
  /** `size`, also as what is called */
  whole(name: string): void;
  /** `size.heads` */
  field(name: string, field: string): void;
  /** a target of `=`, `+=` or `output`, a weight, an input, a name of `for` */
  given(name: string): void;
  /** the path of a call, which is not entered then */
  path?(path: object): void;
  /** what is called, which is visited as a name too */
  call?(name: string): void;
}

interface Node {
  readonly kind?: string;
  readonly op?: string;
  readonly of?: Node;
  readonly name?: { readonly text: string };
  readonly callee?: { readonly text: string };
  readonly targets?: readonly { readonly text: string }[];
  readonly names?: readonly { readonly text: string }[];
}

const NAMED: ReadonlySet<string | undefined> = new Set(['weight', 'input']);

export function visitNames(tree: unknown, visitor: NameVisitor): void {
  if (Array.isArray(tree)) for (const item of tree) visitNames(item, visitor);
  else if (typeof tree === 'object' && tree !== null) visitNode(tree as Node, visitor);
}

function visitNode(node: Node, visitor: NameVisitor): void {
  const { kind, of, name, callee } = node;
  if (kind === 'member' && of?.kind === 'name') return visitor.field(of.name!.text, name!.text);
  if (kind === 'name') return visitor.whole(name!.text);
  if (callee !== undefined) {
    visitor.whole(callee.text);
    visitor.call?.(callee.text);
  }
  if (NAMED.has(kind)) visitor.given(name!.text);
  for (const target of [...(node.targets ?? []), ...(node.names ?? [])]) {
    if (kind === 'assign' && node.op === '+=') visitor.whole(target.text);
    visitor.given(target.text);
  }
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'span') continue;
    if (key === 'path' && inner !== undefined && visitor.path !== undefined) visitor.path(inner);
    else visitNames(inner, visitor);
  }
}
