/** The file of layers: a class for every distinct block of a model that comes apart, and what puts them together again. */
import type { Graph, Role } from '../../ir/graph.ts';
import { prefixRow } from '../../ir/print-rows.ts';
import { isBatch, type Shape, type TensorType } from '../../ir/type.ts';
import { call, type Expression, list, text } from './expression.ts';
import { functionText } from './function-text.ts';
import { camelCase, pascalCase } from './names.ts';
import type { Definition, Statement } from './statement.ts';
import { DTYPES } from './writing.ts';

/** A tensor between layers. */
export interface PlannedWire {
  readonly type: TensorType;
  readonly input?: { readonly name: string; readonly role?: Role };
}

/** A model as layers, and which reads what. */
export interface ModelPlan {
  readonly inputs: readonly PlannedWire[];
  readonly calls: readonly {
    readonly layer: { readonly name: string; readonly graph: Graph; readonly prefix: string };
    readonly operands: readonly PlannedWire[];
    readonly results: readonly PlannedWire[];
  }[];
  readonly outputs: readonly PlannedWire[];
}

export interface LayerClass {
  readonly graph: Graph;
  /** `AdaLNZeroBlockLayer` */
  readonly name: string;
  /** as it is saved: `ditc>AdaLNZeroBlock` */
  readonly saved: string;
}

/** Distinct graphs of a plan, in order, with their classes. */
export function layerClasses({ calls }: ModelPlan): readonly LayerClass[] {
  const taken = new Set<string>();
  return [...new Set(calls.map(({ layer }) => layer.graph))].map((graph) => {
    const base = pascalCase(graph.name);
    let name = base;
    for (let again = 2; taken.has(name); again++) name = `${base}${again}`;
    taken.add(name);
    return { graph, name: `${name}Layer`, saved: `ditc>${name}` };
  });
}

const shapeOf = (shape: Shape): string => `[${shape.map((dim) => (isBatch(dim) ? 'null' : String(dim))).join(', ')}]`;

/** `{ name: 'x', dtype: 'float32', shape: [{ n: 1 }, 4, 4, 4] }` */
export function inputFacts(name: string, { dtype, shape }: TensorType, role: Role | undefined): string {
  const dims = shape.map((dim) => (isBatch(dim) ? `{ n: ${dim.batch} }` : String(dim))).join(', ');
  const none = role?.kind === 'label' ? (role.null ?? 0) : 0;
  const range =
    role?.kind === 'label' ? `, least: ${Math.min(0, none)}, most: ${Math.max(role.classes - 1, none)}` : '';
  return `{ name: '${name}', dtype: '${DTYPES[dtype]}', shape: [${dims}]${range} }`;
}

/** One fact stands in the line. */
const oneOrMore = (facts: readonly string[]): string =>
  facts.length < 2 ? `[${facts.join('')}]` : `[\n${facts.map((fact) => `        ${fact},\n`).join('')}      ]`;

/** What the inputs of a layer are, where they are those of the model too. */
function factsOf(graph: Graph, operands: readonly PlannedWire[]): string[] {
  return graph.inputs.map(({ name, value }, at) => {
    const input = operands[at]?.input;
    return inputFacts(input?.name ?? name, graph.values[value]!.type, input?.role);
  });
}

export function layersText(
  plan: ModelPlan,
  classes: readonly LayerClass[],
  blockOf: (graph: Graph) => string,
  modelName: string,
): { readonly text: string; readonly names: ReadonlySet<string> } {
  const names = new Set(['CompiledLayer', 'BlockConfig', 'register', 'apply', 'WEIGHTS']);
  const texts = classes.map(({ graph, name, saved }) => {
    const { operands, layer } = plan.calls.find((one) => one.layer.graph === graph)!;
    const facts = factsOf(graph, operands);
    const outputs = graph.results.map(({ value }) => shapeOf(graph.values[value]!.type.shape));
    names.add(blockOf(graph));
    return [
      `export class ${name} extends CompiledLayer {`,
      `  static readonly className = '${saved}';`,
      '',
      '  constructor(config: BlockConfig) {',
      '    super(config, {',
      `      block: ${blockOf(graph)},`,
      '      weights: WEIGHTS,',
      `      path: '${layer.prefix}',`,
      `      inputs: ${oneOrMore(facts)},`,
      `      outputs: ${oneOrMore(outputs)},`,
      `      settings: '${graph.settings.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll(/\r?\n/g, ' ')}',`,
      '    });',
      '  }',
      '}',
      `register(${name});`,
    ].join('\n');
  });
  return { text: [...texts, buildText(plan, classes, modelName, names)].join('\n\n'), names };
}

/** The functional API: a line a layer, and loops where the spec has them. */
function buildText(plan: ModelPlan, classes: readonly LayerClass[], modelName: string, names: Set<string>): string {
  const classOf = new Map(classes.map(({ graph, name }) => [graph, name]));
  const places = new Map<PlannedWire, Expression>();
  const layers = new Map<object, Expression>();
  const statements: Statement[] = [];
  let next = 0;
  const put = (name: string, expression: Expression, comment: string, counts: boolean): Expression => {
    const definition: Definition = { id: next++, name: camelCase(name), used: true, of: 'tfl.SymbolicTensor' };
    statements.push({ definitions: [definition], apart: false, expression, comment, counts });
    return { kind: 'variable', id: definition.id };
  };
  const quoted = (word: string): Expression => {
    const { text: row, numbers } = prefixRow(word);
    return numbers.length === 0 ? text(`'${word}'`) : { kind: 'path', text: row, numbers };
  };
  for (const wire of plan.inputs) {
    const { name } = wire.input!;
    const { dtype, shape } = wire.type;
    const dims = shape.length === 1 ? [...shape, 1] : shape;
    const kind = dtype === 'f32' ? [] : [['dtype', text(`'${DTYPES[dtype]}'`)] as const];
    const fields = [['name', text(`'${name}'`)] as const, ['batchShape', text(shapeOf(dims))] as const, ...kind];
    places.set(wire, put(name, call('tfl.input', { kind: 'record', fields }), '', false));
  }
  const many = new Set(
    plan.calls
      .filter(({ layer }, at) => plan.calls.some((other, place) => place !== at && other.layer === layer))
      .map(({ layer }) => layer),
  );
  for (const { layer, operands, results } of plan.calls) {
    const { name, graph, prefix } = layer;
    let made = layers.get(layer);
    if (made === undefined) {
      const fields: [string, Expression][] = [['name', quoted(name)]];
      if (prefix !== name)
        fields.push(['path', { kind: 'record', fields: [['name', prefix === '' ? text("''") : quoted(prefix)]] }]);
      made = call(`new ${classOf.get(graph)}`, { kind: 'record', fields });
      if (many.has(layer)) made = put(`${name}_layer`, made, '', false);
      layers.set(layer, made);
    }
    const given = operands.map((wire) => places.get(wire)!);
    const shown = results.map(({ type }) => shapeOf(type.shape).replaceAll('null', 'N')).join(', ');
    const stem = name.replace(/\.\d+$/, '');
    if (results.length === 1)
      places.set(results[0]!, put(stem, call('apply', made, ...given), shown, graph.owns.length > 0));
    else {
      names.add('applyAll');
      const all = put(stem, call('applyAll', made, ...given), shown, graph.owns.length > 0);
      for (const [at, wire] of results.entries()) places.set(wire, { ...all, suffix: `[${at}]!` } as Expression);
    }
  }
  const inputs = list(plan.inputs.map((wire) => places.get(wire)!));
  const outputs = list(plan.outputs.map((wire) => places.get(wire)!));
  const fields = [
    ['inputs', inputs],
    ['outputs', outputs],
    ['name', text(`'${modelName}'`)],
  ] as const;
  const result = call('tfl.model', { kind: 'record', fields });
  const body = {
    parameters: [],
    statements,
    result,
    resultType: 'tfl.LayersModel',
    needsWeights: false,
    tidies: false,
  };
  const { lines } = functionText(body, [...names, ...classes.map(({ name }) => name)]);
  const shown = lines.map(({ code, comment }) => (comment === '' ? code : `${code} // ${comment}`));
  return [
    '/** The model, with the initial values of the spec; its weights have the paths of `WEIGHTS`. */',
    'export function buildModel(): tfl.LayersModel {',
    ...shown,
    '}',
  ].join('\n');
}
