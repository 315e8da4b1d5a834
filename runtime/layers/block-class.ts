/** The classes of blocks, one for every name of a block. */
import type { Tfjs } from '../engines/tfjs-backend.ts';
import type { BlockClass, TfjsLayers } from './block-contract.ts';
import { defineBlock } from './block-layer.ts';

const classes = new WeakMap<Tfjs, Map<string, BlockClass>>();

/** The class of blocks of this name, known to `tf.loadLayersModel`. */
export function blockClass(tf: Tfjs, tfl: TfjsLayers, name: string): BlockClass {
  let known = classes.get(tf);
  if (known === undefined) classes.set(tf, (known = new Map()));
  let made = known.get(name);
  if (made === undefined) {
    known.set(name, (made = defineBlock(tf, tfl, name, (inside) => blockClass(tf, tfl, inside))));
    tf.serialization.registerClass(
      made as unknown as Parameters<typeof tf.serialization.registerClass>[0],
      'ditc',
      name,
    );
  }
  return made;
}
