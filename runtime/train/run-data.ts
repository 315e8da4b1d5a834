/** The data of a run: what the command or the recipe names, opened, and checked against the model. */
import type { Graph } from '../../compiler/ir/graph.ts';
import { bindShape } from '../../compiler/ir/type.ts';
import { imageOf } from '../../compiler/program/compose.ts';
import { type Batches, createBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { type DataOptions, openDataset } from '../data/open-dataset.ts';
import type { Job } from './job.ts';
import { done, type Outcome, refuseFor, refuseSaying } from './refusal.ts';

export interface RunData {
  readonly where: string;
  readonly options: DataOptions;
  readonly dataset: Dataset;
}

/** Arguments of `data:` in a recipe that opening data understands. */
function optionsOf(data: Readonly<Record<string, unknown>> | undefined, image: readonly number[]): DataOptions {
  const [side, , channels] = image as [number, number, number];
  const numbers = Object.fromEntries(
    ['scale', 'shift'].flatMap((name) => (typeof data?.[name] === 'number' ? [[name, data[name]]] : [])),
  );
  const layout = data?.layout;
  return {
    side,
    ...(channels === 1 || channels === 3 ? { channels } : {}),
    ...numbers,
    ...(layout === 'chw' || layout === 'hwc' ? { layout } : {}),
  };
}

export const imageShapeOf = (model: Graph): readonly [number, number, number] =>
  bindShape(imageOf(model)!.shape, 1).slice(1) as unknown as readonly [number, number, number];

export const labelOf = (model: Graph): { readonly classes: number; readonly null?: number } | undefined => {
  const role = model.inputs.find((input) => input.role?.kind === 'label')?.role;
  return role?.kind === 'label' ? role : undefined;
};

export async function openRunData({ recipe, model }: Job, given: string | undefined): Promise<Outcome<RunData>> {
  const name = model.symbol.decl.name.text;
  const where = given ?? (recipe.data?.word === 'mnist' ? 'mnist' : undefined);
  if (imageOf(model.training)?.shape.length !== 4)
    return refuseSaying(
      name,
      'does not take images [N, H, W, C], and other data are not read yet',
      'train a model of images',
    );
  if (where === undefined)
    return refuseSaying(
      `recipe ${recipe.name}`,
      'names no data that is here',
      'name a folder or file: `--data PATH`',
      'missing',
    );
  const image = imageShapeOf(model.training);
  const options = optionsOf(recipe.data, image);
  const opened = await openDataset(where, options);
  if (!opened.ok) return refuseFor(opened.problem);
  const dataset = opened.value;
  if (String(dataset.image) !== String(image))
    return refuseSaying(
      where,
      `has images of ${dataset.image.join(' x ')}, and ${name} takes ${image.join(' x ')}`,
      'change the size of the model, or of the data',
    );
  const label = labelOf(model.training);
  if (label !== undefined && dataset.classes > label.classes)
    return refuseSaying(
      where,
      `has ${dataset.classes} classes, and ${name} knows ${label.classes}`,
      `--set classes=${dataset.classes}`,
    );
  return done({ where, options, dataset });
}

export function batchesOf({ recipe, seed, model }: Job, dataset: Dataset): Outcome<Batches> {
  const nullLabel = labelOf(model.training)?.null;
  const drops = model.training.inputs.some(({ role }) => role?.kind === 'drop');
  if (recipe.drop_label > 0 && nullLabel === undefined && !drops)
    return refuseSaying(
      `recipe ${recipe.name}`,
      'drops labels, and the model has no label for "none"',
      'write `label(n, null: n)`, or remove `drop_label`',
    );
  const { batch, flip, drop_label: dropLabel } = recipe;
  return done(createBatches(dataset, { seed, batch, flip, dropLabel, nullLabel: nullLabel ?? 0 }));
}
