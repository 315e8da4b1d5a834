/** The JSON of `ditc cost`. Fields may be added, never renamed. */
import type { FactName } from './facts.ts';
import type { FittingStep, MemoryFit } from './memory-fit.ts';
import type { ModelCost } from './module.ts';
import { costByRole } from './module.ts';
import type { Estimate } from './roofline.ts';
import type { Scaling } from './scaling.ts';
import type { StepCost } from './step-cost.ts';
import type { RunCost, TargetCost } from './target-cost.ts';
import type { TrainCost } from './train-cost.ts';

export interface CostParts {
  readonly target: TargetCost;
  /** what its preset says it has */
  readonly expected?: Readonly<Partial<Record<FactName, number>>>;
  readonly run?: RunCost;
  readonly train?: TrainCost;
  readonly estimate?: Estimate;
  readonly scaling?: readonly Scaling[];
}

export const costRows = (rows: ModelCost['rows']) =>
  rows.map(({ path, op, count, macs, flops, trained, frozen, weightBytes, read, written, role, perToken }) => ({
    path,
    op,
    count,
    macs,
    flops,
    params: trained + frozen,
    bytes: read + written,
    frozen,
    weight_bytes: weightBytes,
    bytes_read: read,
    bytes_written: written,
    role,
    per_token: perToken,
  }));

export function costDocument({ target, expected, run, train, estimate, scaling }: CostParts) {
  const { name, inputs, outputs, params, work, tokens, activationBytes, weightBytes, rows } = target;
  return {
    name,
    inputs,
    outputs,
    params,
    macs: work.macs,
    flops: work.flops,
    tokens,
    activation_bytes: activationBytes,
    weight_bytes: weightBytes,
    bytes_read: work.read,
    bytes_written: work.written,
    ...(expected && Object.keys(expected).length > 0 && { expected }),
    by: costRows(rows),
    roles: costByRole(rows).map(({ role, macs, flops, trained, frozen, read, written }) => ({
      role,
      macs,
      flops,
      params: trained + frozen,
      bytes: read + written,
    })),
    ...(scaling && scaling.length > 0 && { scaling }),
    ...(run && { run: runDocument(run) }),
    ...(train && { train: trainDocument(train) }),
    ...(estimate && { estimate: estimateDocument(estimate) }),
  };
}

const runDocument = ({ batch, guidance, steps, macs, flops, read, written, activationBytes }: RunCost) => ({
  batch,
  guidance,
  steps,
  macs,
  flops,
  bytes_read: read,
  bytes_written: written,
  activation_bytes: activationBytes,
});

const stepDocument = ({ macs, flops, activationBytes }: StepCost) => ({
  macs,
  flops,
  activation_bytes: activationBytes,
});

function fitDocument({ memory, layers, asked, largest }: MemoryFit) {
  const fitting = ({ batch, again, step }: FittingStep) => ({ batch, layers_again: again, ...stepDocument(step) });
  return { memory_bytes: memory, layers, asked: asked ? fitting(asked) : null, largest: largest.map(fitting) };
}

function trainDocument({ of, step, rematerialised, state, plan, fit }: TrainCost) {
  return {
    ...stepDocument(step),
    state_bytes: state.total,
    of,
    state: {
      weights: state.weights,
      gradients: state.gradients,
      moments: state.moments,
      average: state.average,
      sums: state.sums,
    },
    rematerialised: stepDocument(rematerialised),
    ...(plan && {
      plan: {
        batch: plan.batch,
        step: stepDocument(plan.step),
        rematerialised: stepDocument(plan.rematerialised),
        ...(plan.steps !== undefined && {
          steps: plan.steps,
          macs: plan.step.macs * plan.steps,
          flops: plan.step.flops * plan.steps,
          three_forwards_macs: plan.threeForwards,
        }),
      },
    }),
    ...(fit && { fit: fitDocument(fit) }),
  };
}

const estimateDocument = ({ device, precision, batch, seconds, atLeast, mfu, bound, ops }: Estimate) => ({
  device,
  precision,
  batch,
  seconds,
  at_least: atLeast,
  compute_share: mfu,
  bound,
  ops,
});
