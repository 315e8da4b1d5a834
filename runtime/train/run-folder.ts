/**
 * A run folder: `manifest.json`, `events.jsonl`, TensorBoard's events, `checkpoints/`, `samples/` with a grid every
 * `evaluate_every` steps and at the end, and `weights.safetensors` (the averaged weights where an average is kept) when
 * it is finished. See docs/training.md.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { workOf } from '../../compiler/cost/work.ts';
import { showTerm } from '../../compiler/elaborate/term.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { countParams, weightsOf } from '../../compiler/ir/weights.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import type { Engine } from '../engines/engine.ts';
import { fits } from '../engines/footprint.ts';
import { openPreview, type Preview } from '../sample/preview.ts';
import { entriesOf, writeSafetensors } from '../weights/safetensors.ts';
import { withSystem } from '../weights/system-problem.ts';
import { bestOf, type Checkpoint, listCheckpoints, newestCheckpoint, writeJson } from './checkpoint.ts';
import { compileTraining, type Training } from './compile.ts';
import { type EventLog, openEventLog } from './event-log.ts';
import { createFeeder } from './inputs.ts';
import type { Job } from './job.ts';
import { type Manifest, manifestFile, plainRecipe, readManifest } from './manifest.ts';
import { done, type Outcome, refuseFor, refuseSaying } from './refusal.ts';
import { batchesOf, openRunData, type RunData } from './run-data.ts';
import type { SpecRecord } from './spec-record.ts';
import { openTensorBoard, type TensorBoard } from './tensorboard.ts';
import { type StepReport, train } from './train.ts';
import { weightsFile } from './weights-file.ts';

export interface RunRequest {
  readonly job: Job;
  readonly spec: SpecRecord;
  readonly run: string;
  readonly data?: string;
  readonly resume: boolean;
  readonly engine: Engine;
  readonly threads?: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly interrupted: () => boolean;
  readonly onStart?: (about: RunStart) => void;
  readonly onStep?: (report: StepReport) => void;
  /** things that happen once in a while, in words */
  readonly onNote?: (note: string) => void;
}

export interface RunStart {
  readonly from: number;
  /** of training before this process */
  readonly seconds: number;
  readonly steps?: number;
  readonly flopsPerImage: number;
  readonly manifest: Manifest;
}

export interface RunResult {
  readonly ending: 'finished' | 'interrupted';
  readonly step: number;
  readonly seconds: number;
  readonly run: string;
}

export async function trainRun(request: RunRequest): Promise<Outcome<RunResult>> {
  const { job, run, resume, interrupted } = request;
  const training = compileTraining(job);
  if (!training.ok) return training;
  const feedable = createFeeder(job, training.value);
  if (!feedable.ok) return feedable;
  const room = await fits(request.engine, training.value.program, job.recipe.batch);
  if (!room.ok) return refuseFor(room.problem);
  const data = await openRunData(job, request.data);
  if (!data.ok) return data;
  try {
    const batches = batchesOf(job, data.value.dataset);
    if (!batches.ok) return batches;
    const manifest = await makeManifest(request, training.value, data.value);
    const ready = await prepareFolder(request, manifest);
    if (!ready.ok) return ready;
    const { checkpoint, damaged } = resume ? await newestCheckpoint(run) : { damaged: [] };
    const from = checkpoint?.step ?? 0;
    const log = await openEventLog(run, from);
    if (!log.ok) return refuseFor(log.problem);
    const board = openTensorBoard(run);
    if (!board.ok) return refuseFor(board.problem);
    const flopsPerImage = manifest.model.train_flops;
    request.onStart?.({ from, seconds: checkpoint?.seconds ?? 0, steps: job.recipe.steps, flopsPerImage, manifest });
    for (const { step } of damaged)
      request.onNote?.(
        `the checkpoint of step ${step} is damaged, its bytes are not those that were written: passed over`,
      );
    const preview = openPreview(job, { run, engine: request.engine, threads: request.threads });
    const watching = { request, log: log.value, board: board.value, preview, flopsPerImage };
    log.value.add(from > 0 ? 'resume' : 'start', { step: from, steps: job.recipe.steps });
    try {
      const trained = await train(job, training.value, batches.value, {
        run,
        engine: request.engine,
        threads: request.threads,
        checkpoint,
        interrupted,
        watcher: watcherOf(watching),
      });
      if (!trained.ok) {
        if ('problem' in trained.refusal) log.value.add('problem', { message: trained.refusal.problem.message });
        return trained;
      }
      const { ending, step, seconds, state } = trained.value;
      if (ending === 'finished') {
        const finished = await finish(watching, step, state);
        if (!finished.ok) return finished;
      }
      log.value.add(ending, { step, seconds });
      return done({ ending, step, seconds, run });
    } finally {
      log.value.close();
      board.value.close();
      await preview.dispose();
    }
  } finally {
    data.value.dataset.close();
  }
}

interface Watching {
  readonly request: RunRequest;
  readonly log: EventLog;
  readonly board: TensorBoard;
  readonly preview: Preview;
  readonly flopsPerImage: number;
}

function watcherOf({ request, log, board, preview, flopsPerImage }: Watching) {
  const { job, onNote, onStep } = request;
  const every = job.recipe.evaluate_every;
  return {
    step(report: StepReport): Outcome<void> {
      const { step, terms, lr, imagesPerSecond, seconds } = report;
      const figures = { ...terms, lr, images_per_second: imagesPerSecond };
      const logged = log.add('step', {
        step,
        ...terms,
        lr,
        images_per_second: imagesPerSecond,
        gflops: (imagesPerSecond * flopsPerImage) / 1e9,
        seconds,
      });
      if (!logged.ok) return refuseFor(logged.problem);
      const written = board.scalars(step, figures);
      if (!written.ok) return refuseFor(written.problem);
      onStep?.(report);
      return done(undefined);
    },
    checkpoint({ step, sha256, bytes, loss }: Checkpoint): Outcome<void> {
      const best = bestOf(listCheckpoints(request.run))?.step === step;
      const logged = log.add('checkpoint', { step, sha256, bytes, loss, best });
      return logged.ok ? done(undefined) : refuseFor(logged.problem);
    },
    async after(step: number, read: (name: string) => Promise<HostTensor>): Promise<Outcome<void>> {
      if (every === undefined || step % every !== 0 || step === job.recipe.steps) return done(undefined);
      const weights = new Map<string, HostTensor>();
      for (const { path: name } of weightsOf(job.model.inference)) weights.set(name, await read(averaged(job, name)));
      return show({ log, board, preview, onNote }, step, weights);
    },
  };
}

const averaged = ({ recipe }: Job, name: string): string => (recipe.ema === undefined ? name : `ema.${name}`);

async function show(
  { log, board, preview, onNote }: Pick<Watching, 'log' | 'board' | 'preview'> & Pick<RunRequest, 'onNote'>,
  step: number,
  weights: ReadonlyMap<string, HostTensor>,
): Promise<Outcome<void>> {
  const shown = await preview.show(step, weights);
  if (!shown.ok || shown.value === undefined) return shown.ok ? done(undefined) : shown;
  const { file, png, size } = shown.value;
  const logged = log.add('samples', { step, file: path.basename(file) });
  if (!logged.ok) return refuseFor(logged.problem);
  const written = board.image(step, 'samples', png, size);
  if (!written.ok) return refuseFor(written.problem);
  onNote?.(`samples after step ${step}: ${file}`);
  return done(undefined);
}

/** The last grid, and the weights under the names of the model. */
async function finish(
  watching: Watching,
  step: number,
  state: ReadonlyMap<string, HostTensor>,
): Promise<Outcome<void>> {
  const { request } = watching;
  const { job, run } = request;
  const weights = new Map(
    weightsOf(job.model.training).map(({ path: name }) => [name, state.get(averaged(job, name)) ?? state.get(name)!]),
  );
  const metadata = { 'ditc.step': String(step), 'ditc.averaged': String(job.recipe.ema !== undefined) };
  const written = await writeSafetensors(weightsFile(run), entriesOf(weights), Object.entries(metadata));
  if (!written.ok) return refuseFor(written.problem);
  return show({ ...watching, onNote: request.onNote }, step, weights);
}

async function makeManifest(request: RunRequest, training: Training, data: RunData): Promise<Manifest> {
  const { job, engine, threads, versions, spec } = request;
  const { model, recipe, seed, origin } = job;
  const { trained, frozen } = countParams(model.training);
  const { version, device } = await engine.status();
  const { where, options, dataset } = data;
  const { name, digest, size, classes, classNames } = dataset;
  return {
    schema: 1,
    kind: 'run',
    digest: training.digest,
    origin: origin as Manifest['origin'],
    seed,
    recipe: plainRecipe(recipe),
    model: {
      name: model.symbol.decl.name.text,
      settings: Object.fromEntries([...model.settings].map(([key, term]) => [key, showTerm(term)])),
      params: trained,
      frozen,
      macs: workOf(asRun(model.inference), 1).macs,
      train_flops: workOf(asRun(training.program.graph), recipe.batch).flops / recipe.batch,
    },
    data: {
      where: where === 'mnist' ? where : path.resolve(where),
      options: { ...options },
      name,
      digest,
      size,
      classes,
      ...(classNames && { class_names: [...classNames] }),
    },
    engine: { name: engine.name, ...(version && { version }), ...(device && { device }) },
    ...(threads !== undefined && { threads }),
    versions: { ...versions },
    spec,
  };
}

async function prepareFolder({ run, resume }: RunRequest, manifest: Manifest): Promise<Outcome<void>> {
  const made = withSystem(run, () => mkdirSync(run, { recursive: true }));
  if (!made.ok) return refuseFor(made.problem);
  if (existsSync(manifestFile(run))) {
    if (!resume) return refuseSaying(run, 'holds a run already', 'go on with it by --resume, or name another folder');
    const before = readManifest(run);
    if (!before.ok) return refuseFor(before.problem);
    if (before.value.digest !== manifest.digest)
      return refuseSaying(
        run,
        'holds a run of another model, recipe or seed',
        'go on with the same ones, or name another folder',
      );
    if (before.value.data.digest !== manifest.data.digest)
      return refuseSaying(
        run,
        `was trained on other data than ${manifest.data.where}`,
        'go on with the same data, or name another folder',
      );
  }
  const written = await writeJson(manifestFile(run), manifest);
  return written.ok ? done(undefined) : refuseFor(written.problem);
}
