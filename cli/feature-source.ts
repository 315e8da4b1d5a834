/** `--features FILE#MODEL --feature-weights W`, or the classifier of digits that comes with this package. */
import path from 'node:path';
import { instantiate } from '../compiler/elaborate/spec.ts';
import type { FeatureNetSource } from '../runtime/study/feature-net.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { openSpecFile } from './open-file.ts';
import { packageRoot } from './package-root.ts';
import { hasErrors, refuseDiagnostics } from './say.ts';
import { parseTarget } from './target.ts';

const OWN = {
  spec: 'mnist_classifier.dit',
  model: 'mnist-classifier',
  weights: 'weights/mnist_classifier.safetensors',
};

export async function featureSource(invocation: Invocation): Promise<FeatureNetSource | { readonly exit: Exit }> {
  const { features, featureWeights } = invocation.options as { features?: string; featureWeights?: string };
  if ((features === undefined) !== (featureWeights === undefined)) {
    const help = 'give both: `--features FILE#MODEL --feature-weights W.safetensors`';
    return { exit: refuse(invocation, EXIT.usage, '--features and --feature-weights go together', help) };
  }
  const specs = path.join(packageRoot, 'specs');
  const target = features === undefined ? { file: path.join(specs, OWN.spec), name: OWN.model } : parseTarget(features);
  const spec = await openSpecFile(target.file);
  if ('exit' in spec) return { exit: refuseDiagnostics([spec.diagnostic], spec.exit, invocation) };
  const { model, diagnostics } = instantiate(spec, target.name);
  const all = [...spec.diagnostics, ...diagnostics];
  if (model === undefined || hasErrors(all)) return { exit: refuseDiagnostics(all, EXIT.faults, invocation) };
  return {
    model,
    name: features ?? `specs/${OWN.spec}#${OWN.model}`,
    weights: featureWeights ?? path.join(specs, OWN.weights),
  };
}
