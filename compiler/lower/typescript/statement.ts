/** What the text of a function is made of, before it has names and loops. */
import type { Graph } from '../../ir/graph.ts';
import type { Expression, Variable } from './expression.ts';

export interface Definition {
  readonly id: Variable;
  /** as wished; made unique when it is printed */
  readonly name: string;
  readonly used: boolean;
  /** the type of a list of it */
  readonly of: string;
  /** all that is left of what is returned */
  readonly rest?: boolean;
}

export interface Statement {
  readonly definitions: readonly Definition[];
  /** whether it comes as a list, of which the definitions are elements */
  readonly apart: boolean;
  readonly expression: Expression;
  readonly comment: string;
  /** it calls a block with weights: what loops are made for */
  readonly counts: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
  /** the variables in it: itself, or the fields of a record by the text behind its name */
  readonly variables: readonly { readonly id: Variable; readonly access: string }[];
  /** lists in it: from this variable on, so many */
  readonly lists: readonly { readonly first: Variable; readonly count: number; readonly access: string }[];
}

export interface Body {
  readonly parameters: readonly Parameter[];
  readonly statements: readonly Statement[];
  readonly result: Expression;
  readonly resultType: string;
  readonly needsWeights: boolean;
  /** whether a turn of a loop lets go what it does not return; yes unless said */
  readonly tidies?: boolean;
  /** where N is found: the text behind the name of a variable, divided */
  readonly batch?: { readonly variable: Variable; readonly axis: number; readonly times: number };
}

/** What is known of graphs that are called: their functions, and the types of what they keep. */
export interface Callees {
  functionOf(graph: Graph): string;
  keptType(forward: Graph): string;
  constant(graph: Graph): string;
}
