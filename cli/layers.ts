/** The entry `ditc/layers`: a model of a spec as a `tf.LayersModel`, for programs that use tfjs; `layers-types.d.ts` declares it. */
import type { ModelInstance } from '../compiler/elaborate/model.ts';
import { instantiate, openSpec } from '../compiler/elaborate/spec.ts';
import { weightsOf } from '../compiler/ir/weights.ts';
import { registerLayers, toLayersModel } from '../runtime/layers/layers-model.ts';
import { loadWeights } from '../runtime/weights/load.ts';
import { showProblem } from '../runtime/weights/problem.ts';
import { openWeights } from '../runtime/weights/weights-file.ts';
import { checkCall } from './layers-options.ts';
import type * as Declared from './layers-types.d.ts';
import { diskLoader } from './loader.ts';
import { readEntry } from './open-file.ts';
import { hasErrors, renderAll } from './say.ts';
import { parseTarget } from './target.ts';

async function compile(target: string, { set = {} }: Declared.OpenOptions): Promise<ModelInstance> {
  const { file, name } = parseTarget(target);
  const entry = await readEntry(file);
  if ('exit' in entry) throw new Error(renderAll([entry.diagnostic], false).trimEnd());
  const spec = openSpec(entry, diskLoader(entry));
  const overrides = Object.entries(set).map(([path, value]) => ({ path, value: String(value) }));
  const { model, diagnostics } = instantiate(spec, name, overrides);
  const all = [...spec.diagnostics, ...diagnostics];
  if (model === undefined || hasErrors(all)) throw new Error(renderAll(all, false).trimEnd());
  return model;
}

export const openLayersModel: typeof Declared.openLayersModel = async (target, options = {}) => {
  checkCall('openLayersModel', target, options);
  const { weights: file, seed, training, recompute } = options;
  const model = await compile(target, options);
  if (file === undefined) return toLayersModel(model, { seed, training, recompute });
  const opened = await openWeights(file);
  if (!opened.ok) throw new Error(showProblem(opened.problem));
  const loaded = loadWeights(opened.value, weightsOf(training ? model.training : model.inference));
  opened.value.close();
  if (!loaded.ok) throw new Error(showProblem(loaded.problem));
  return toLayersModel(model, { weights: loaded.value.tensors, training, recompute });
};

export const registerLayersOf: typeof Declared.registerLayersOf = async (target, options = {}) => {
  checkCall('registerLayersOf', target, options);
  return registerLayers(await compile(target, options), { training: options.training });
};
