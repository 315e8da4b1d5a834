/**
 * `manifest.json` of a run folder: what decides its numbers, and what they were made with. `schema` counts up when an
 * older reader would misread it; fields may be added.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fail, type Result, succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import { specRecordSchema } from './spec-record.ts';

const override = z.object({ path: z.string(), value: z.string() });

export const originSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('target'),
    name: z.string().optional(),
    overrides: z.array(override),
    recipe: z.string().optional(),
    recipeOverrides: z.array(override),
    seed: z.int(),
  }),
  z.object({ kind: z.literal('point'), grid: z.string(), point: z.string(), recipeOverrides: z.array(override) }),
]);

const engineSchema = z.object({ name: z.string(), version: z.string().optional(), device: z.string().optional() });

export const manifestSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('run'),
  /** of the training program, its recipe and seed */
  digest: z.string(),
  origin: originSchema,
  seed: z.int(),
  /** the recipe with its defaults, blocks by name: for people */
  recipe: z.record(z.string(), z.unknown()),
  model: z.object({
    name: z.string(),
    settings: z.record(z.string(), z.string()),
    params: z.number(),
    frozen: z.number(),
    /** of one sample, forward */
    macs: z.number(),
    /** of one sample in one step of training, everything included */
    train_flops: z.number(),
  }),
  data: z.object({
    where: z.string(),
    options: z.record(z.string(), z.unknown()),
    name: z.string(),
    digest: z.string(),
    size: z.number(),
    classes: z.number(),
    class_names: z.array(z.string()).optional(),
  }),
  engine: engineSchema,
  threads: z.int().optional(),
  versions: z.record(z.string(), z.string()),
  spec: specRecordSchema,
});

export type Manifest = z.output<typeof manifestSchema>;

export const manifestFile = (run: string): string => path.join(run, 'manifest.json');

/** None where there is no manifest. */
export function readManifest(run: string): Result<Manifest> {
  const file = manifestFile(run);
  const text = withSystem(file, () => readFileSync(file, 'utf8'));
  if (!text.ok) {
    const remedy = 'name a folder that `ditc train` or `ditc run` made';
    return text.problem.kind === 'missing'
      ? fail({ ...text.problem, file: run, message: 'is no run: it has no manifest.json', remedy })
      : text;
  }
  const damaged = (message: string) =>
    fail({ kind: 'malformed', file, message, remedy: 'train it again, or restore the file' });
  let json: unknown;
  try {
    json = JSON.parse(text.value);
  } catch {
    return damaged('is not JSON');
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  return damaged(`has no sound field \`${parsed.error.issues[0]?.path.join('.') ?? ''}\``);
}

/** What a recipe says, for people: blocks and records by their names. */
export function plainRecipe(recipe: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const term = value as { kind?: string; block?: { decl: { name: { text: string } } } };
    if (term.kind === 'block') return term.block!.decl.name.text;
    if ('noising' in value && 'name' in value) return value.name;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  };
  return plain(recipe) as Record<string, unknown>;
}
