/** Constants of a model: computed in 64 bit when the module is written, and rounded as engines do. */
import { digestOf } from '../../ir/digest.ts';
import type { Graph } from '../../ir/graph.ts';
import { evaluateConstant, roundTensor } from '../reference/evaluate.ts';
import { camelCase, uniqueNames } from './names.ts';
import { DTYPES } from './writing.ts';

export interface Constants {
  /** the name of the function that makes it */
  nameOf(graph: Graph): string;
  readonly functions: ReadonlyMap<string, string>;
}

/** Above this many numbers they are written as bytes. */
const MOST_WRITTEN = 2048;
const COLUMNS = 116;

/** The shortest decimal that is this f32. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

function filled(words: readonly string[], between: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length + 2 > COLUMNS) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += `${word}${between}`;
  }
  return [...lines, line.trimEnd()].map((each) => `    ${each}`).join('\n');
}

function textOf(name: string, graph: Graph): string {
  const { data, shape, dtype } = roundTensor(evaluateConstant(graph));
  const head = `/** [${shape.join(', ')}] */\nexport function ${name}(): Tensor {\n  // biome-ignore format: numbers side by side\n`;
  if (data.length > MOST_WRITTEN) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
    const parts = bytes.match(/.{1,110}/g)!.map((part) => `'${part}',`);
    return `${head}  return decode([\n${parts.map((part) => `    ${part}`).join('\n')}\n  ], [${shape.join(', ')}], '${DTYPES[dtype]}');\n}`;
  }
  const words = Array.from(data, (value) => `${dtype === 'f32' ? shortest(value) : value},`);
  return `${head}  return tf.tensor([\n${filled(words, ' ')}\n  ], [${shape.join(', ')}], '${DTYPES[dtype]}');\n}`;
}

export function createConstants(): Constants {
  const unique = uniqueNames();
  const names = new Map<string, string>();
  const functions = new Map<string, string>();
  return {
    functions,
    nameOf(graph) {
      const digest = digestOf(graph);
      let name = names.get(digest);
      if (name === undefined) {
        names.set(digest, (name = unique(camelCase(`${graph.name}_values`))));
        functions.set(name, textOf(name, graph));
      }
      return name;
    },
  };
}
