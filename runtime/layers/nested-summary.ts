/** The layers inside of layers as more lines of a summary, each below the layer that it is in. */
import { type BlockLayer, isBlockLayer, type Layer, relativeTo } from './block-contract.ts';

function* linesOf({ layers, path }: BlockLayer, depth: number): Generator<string> {
  for (const layer of layers) {
    const frozen = layer.trainable ? '' : ', frozen';
    yield `${'  '.repeat(depth)}${relativeTo(path, layer.path)} (${layer.getClassName()}): ${layer.countParams()}${frozen}`;
    yield* linesOf(layer, depth + 1);
  }
}

/** What prints a summary of these layers by `print`; tfjs ends each layer with a rule. */
export function nestedSummary(layers: readonly Layer[], print: (line: string) => void): (line: string) => void {
  // the rules above and below the titles
  let at = -2;
  return (line) => {
    if (/^(_+|=+)$/.test(line)) {
      const layer = layers[at++];
      if (layer !== undefined && isBlockLayer(layer)) for (const inside of linesOf(layer, 1)) print(inside);
    }
    print(line);
  };
}
