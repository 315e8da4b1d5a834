/** The tables of `ditc cost` about whole runs: batches, sampling, training, a device. */

import { DEVICES, type DeviceName } from '../compiler/cost/devices/devices.ts';
import type { FittingStep, MemoryFit } from '../compiler/cost/memory-fit.ts';
import type { Estimate } from '../compiler/cost/roofline.ts';
import type { Scaling } from '../compiler/cost/scaling.ts';
import type { StepCost } from '../compiler/cost/step-cost.ts';
import type { RunCost } from '../compiler/cost/target-cost.ts';
import type { TrainCost } from '../compiler/cost/train-cost.ts';
import { bytes, type Cell, count, gigas, percent, quantity, ratio, type Sheet, words } from './sheet.ts';

/** None for a model that has no attention: it grows with its positions, and the table would say nothing else. */
export function scalingSheets(scaling: readonly Scaling[]): readonly Sheet[] {
  if (scaling.length < 2 || scaling.every(({ attention }) => attention === 0)) return [];
  return [
    {
      title: 'attention against the number of tokens',
      columns: ['side', 'tokens', 'MACs', 'attention scores'],
      rows: scaling.map(({ side, tokens, macs, attention }) => [
        count(side),
        count(tokens),
        gigas(macs),
        percent(attention / macs),
      ]),
    },
  ];
}

export function runSheet(name: string, { batch, guidance, steps, ...run }: RunCost): Sheet {
  const what = [
    `batch ${batch}`,
    ...(guidance ? ['guidance, which doubles it'] : []),
    ...(steps > 1 ? [`${steps} steps`] : []),
  ];
  return {
    title: `${name}, ${what.join(', ')}`,
    columns: ['MACs', 'FLOPs', 'bytes moved', 'FLOPs/byte', 'activations'],
    rows: [
      [
        quantity(run.macs),
        quantity(run.flops),
        bytes(run.read + run.written),
        ratio(run.flops, run.read + run.written),
        bytes(run.activationBytes),
      ],
    ],
  };
}

export function trainSheets(name: string, train: TrainCost, forwardMacs: number): readonly Sheet[] {
  const { plan, state, fit } = train;
  const row = (what: string, batch: number, step: StepCost) => [
    words(what),
    count(batch),
    quantity(step.macs),
    ratio(step.macs, forwardMacs * batch),
    quantity(step.flops),
    bytes(step.activationBytes),
    bytes(step.activationBytes + state.total),
  ];
  const steps: Sheet = {
    title: `${name}, a step of training: ${train.of}`,
    columns: ['kept for the backward pass', 'batch', 'MACs', 'of a forward', 'FLOPs', 'activations', 'with state'],
    rows: [
      row('what it needs', 1, train.step),
      row('inputs of blocks, run again', 1, train.rematerialised),
      ...(plan
        ? [
            row('what it needs', plan.batch, plan.step),
            row('inputs of blocks, run again', plan.batch, plan.rematerialised),
          ]
        : []),
    ],
    notes: [
      `state ${bytes(state.total).text}: weights ${bytes(state.weights).text}, gradients ${bytes(state.gradients).text}, moments ${bytes(state.moments).text}, average ${bytes(state.average).text}${state.sums > 0 ? `, sums of gradients ${bytes(state.sums).text}` : ''}`,
    ],
  };
  const fits = fit === undefined ? [] : [fitSheet(name, fit, forwardMacs)];
  if (plan?.steps === undefined) return [steps, ...fits];
  const macs = plan.step.macs * plan.steps;
  const whole: Sheet = {
    title: `${name}, the whole run: ${plan.steps} steps of ${plan.batch}`,
    columns: ['', 'MACs', 'FLOPs'],
    rows: [
      [words('counted'), quantity(macs, 5), quantity(plan.step.flops * plan.steps, 5)],
      [words('forward · batch · steps · 3 (Peebles & Xie 2023, figure 9)'), quantity(plan.threeForwards, 5), words('')],
    ],
  };
  return [steps, whole, ...fits];
}

function fitSheet(
  name: string,
  { memory, layers, stateBytes, batch: wanted, asked, largest }: MemoryFit,
  forwardMacs: number,
): Sheet {
  const row = (what: string, { batch, again, step }: FittingStep) => [
    words(what),
    count(batch),
    { text: `${again} of ${layers}`, raw: again },
    quantity(step.macs),
    ratio(step.macs, forwardMacs * batch),
    bytes(step.activationBytes),
    bytes(step.activationBytes + stateBytes),
  ];
  return {
    title: `${name}, a step of training in ${bytes(memory).text}`,
    columns: ['', 'batch', 'layers run again', 'MACs', 'of a forward', 'activations', 'with state'],
    rows: [
      ...(asked ? [row('fewest that run again', asked)] : []),
      ...largest.map((each) => row(each.again === 0 ? 'largest batch' : 'largest batch, all run again', each)),
    ],
    ...(asked === undefined && {
      notes: [
        largest.length === 0
          ? 'not even one sample fits'
          : `a batch of ${wanted} does not fit${layers > 0 ? ', even if all layers run again' : ''}`,
      ],
    }),
  };
}

const UNITS = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
] as const;

/** Three digits: `26.5 ms`, `88.3 ns` */
function duration(seconds: number): Cell {
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? ([1e-9, 'ns'] as const);
  const value = Number((seconds / size).toPrecision(3));
  return { text: `${value < 100 && value > 0 ? value.toPrecision(3) : value} ${unit}`, raw: seconds };
}

export function estimateSheet(name: string, estimate: Estimate): Sheet {
  const device = DEVICES[estimate.device as DeviceName];
  return {
    title: `${name} on ${device.title}, ${estimate.precision}, batch ${estimate.batch}: an estimate of one forward pass, ${duration(estimate.seconds).text}, mostly bound by ${estimate.bound}`,
    columns: ['op', 'time', '%', 'bound by'],
    rows: estimate.ops
      .filter(({ share }) => share >= 0.001)
      .map(({ op, seconds, share, bound }) => [words(op), duration(seconds), percent(share), words(bound)]),
    notes: [
      `every op by itself at the peak of the device; matrix products alone take ${duration(estimate.atLeast).text}, ${percent(estimate.mfu).text} of it`,
      `rates: ${device.source}`,
    ],
  };
}
