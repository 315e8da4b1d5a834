/**
 * A graph as one JSON document for pages and other programs: every block a group with its nodes inside, so that a reader
 * opens and closes them. An id is the way from the root: `4/2` is node 2 of node 4. A value is named by the node that
 * makes it, with `:1` for its second result; `4/in0` is the first input of the block behind node 4.
 */

import { type Place, positionOf } from '../../dsl/span.ts';
import { digestOf } from '../ir/digest.ts';
import type { Attributes, Graph, GraphInput, Node, Value } from '../ir/graph.ts';
import { labelsOf } from '../ir/labels.ts';
import { isBatch, type Shape, showType, type TensorType } from '../ir/type.ts';
import { countParams, joinPath, type ParamCount } from '../ir/weights.ts';

export interface ValueDocument {
  readonly name?: string;
  /** as written in a spec: `[N, 256, 384]` */
  readonly type: string;
  readonly dtype: string;
  /** a multiple of the batch is `{ batch: 1 }` */
  readonly shape: Shape;
}

export interface PlaceDocument {
  readonly file: string;
  readonly line: number;
}

export interface WeightDocument {
  readonly path: string;
  readonly type: string;
  readonly shape: Shape;
  readonly trained: boolean;
}

export interface GroupDocument {
  readonly label: string;
  readonly name: string;
  readonly settings: string;
  readonly params: ParamCount;
  readonly place?: PlaceDocument;
  readonly inputs: readonly (ValueDocument & { readonly id: string; readonly role?: GraphInput['role'] })[];
  readonly outputs: readonly { readonly name?: string; readonly from: string }[];
  /** the weights that the group itself owns, by full path */
  readonly weights: readonly WeightDocument[];
  /** absent where the group is deeper than asked for, or the document would be too large */
  readonly nodes?: readonly NodeDocument[];
}

export interface NodeDocument {
  readonly id: string;
  readonly kind: Node['kind'];
  /** the op, the block with its number, `const`, or `weight` */
  readonly label: string;
  readonly operands: readonly string[];
  readonly results: readonly ValueDocument[];
  readonly attributes?: Attributes;
  /** of the weights inside, or of the weight; full */
  readonly path?: string;
  /** of a constant: a number, or nothing where it is computed */
  readonly value?: number;
  readonly place?: PlaceDocument;
  readonly inside?: GroupDocument;
}

export interface GraphDocument extends GroupDocument {
  readonly digest: string;
}

export interface DocumentOptions {
  /** levels of blocks that are opened; all unless said */
  readonly depth?: number;
  /** blocks stay closed from there on */
  readonly mostNodes?: number;
}

export function graphDocument(graph: Graph, options: DocumentOptions = {}): GraphDocument {
  const { depth = Number.POSITIVE_INFINITY, mostNodes = 50_000 } = options;
  const labels = labelsOf(graph);
  let count = 0;

  const group = (of: Graph, id: string, path: string, level: number): GroupDocument => {
    const opened = level <= depth && count + of.nodes.length <= mostNodes;
    if (opened) count += of.nodes.length;
    const ids: string[] = [];
    const within = (name: string) => (id === '' ? name : `${id}/${name}`);
    const inputs = of.inputs.map(({ name, value, role }, index) => {
      ids[value] = within(`in${index}`);
      const document = { id: ids[value], ...valueDocument(of, value), name };
      return role === undefined ? document : { ...document, role };
    });
    of.nodes.forEach((node, index) => {
      node.results.forEach((value, result) => {
        ids[value] = within(result === 0 ? `${index}` : `${index}:${result}`);
      });
    });
    const nodes = opened
      ? of.nodes.map((node, index) => nodeOf(of, node, within(`${index}`), ids, path, level))
      : undefined;
    return {
      label: labels.get(of)!,
      name: of.name,
      settings: of.settings,
      params: countParams(of),
      ...placed(of.place),
      inputs,
      outputs: of.results.map(({ name, value }) => ({ ...(name === undefined ? {} : { name }), from: ids[value]! })),
      weights: of.owns.flatMap((owned) => {
        if (owned.kind === 'call') return [];
        const { type, trained } = owned.weight;
        return [{ path: joinPath(path, owned.weight.path), type: showType(type), shape: type.shape, trained }];
      }),
      ...(nodes === undefined ? {} : { nodes }),
    };
  };

  const nodeOf = (
    of: Graph,
    node: Node,
    id: string,
    ids: readonly string[],
    path: string,
    level: number,
  ): NodeDocument => {
    const operands = node.kind === 'op' || node.kind === 'call' ? node.operands.map((value) => ids[value]!) : [];
    const results = node.results.map((value) => valueDocument(of, value));
    const common = { id, kind: node.kind, operands, results, ...placed(node.place) };
    switch (node.kind) {
      case 'op':
        return { ...common, label: node.op, attributes: node.attributes };
      case 'weight':
        return { ...common, label: 'weight', path: joinPath(path, node.weight.path) };
      case 'const':
        return typeof node.value === 'number'
          ? { ...common, label: 'const', value: node.value }
          : { ...common, label: labels.get(node.value)! };
      case 'call': {
        const inner = joinPath(path, node.prefix);
        return {
          ...common,
          label: labels.get(node.callee)!,
          path: inner,
          inside: group(node.callee, id, inner, level + 1),
        };
      }
    }
  };

  return { ...group(graph, '', '', 0), digest: digestOf(graph) };
}

function valueDocument(graph: Graph, value: Value): ValueDocument {
  const { name, type } = graph.values[value]!;
  const document = { type: showType(type), dtype: type.dtype, shape: plainShape(type) };
  return name === undefined ? document : { name, ...document };
}

const plainShape = ({ shape }: TensorType): Shape => shape.map((dim) => (isBatch(dim) ? { batch: dim.batch } : dim));

const placed = (place: Place | undefined): { place?: PlaceDocument } =>
  place === undefined
    ? {}
    : { place: { file: place.source.path, line: positionOf(place.source, place.span.start).line } };
