/** Reshape costs nothing here; transpose, broadcast and sum of dense arrays, written for clarity. */
import { coordinates, volume } from './pattern-case.ts';

export interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const at = ({ shape, data }: Dense, place: readonly number[]): number =>
  data[place.reduce((offset, coordinate, axis) => offset * shape[axis]! + (shape[axis] === 1 ? 0 : coordinate), 0)]!;

const make = (shape: readonly number[], value: (place: readonly number[]) => number): Dense => ({
  shape,
  data: [...coordinates(shape)].map(value),
});

export function reshape({ shape, data }: Dense, to: readonly number[]): Dense {
  if (volume(to) !== volume(shape)) throw new Error(`[${shape}] is not [${to}]`);
  return { shape: to, data };
}

export const transpose = (x: Dense, permutation: readonly number[]): Dense =>
  make(
    permutation.map((axis) => x.shape[axis]!),
    (place) =>
      at(
        x,
        x.shape.map((_, axis) => place[permutation.indexOf(axis)]!),
      ),
  );

export const broadcast = (x: Dense, to: readonly number[]): Dense => make(to, (place) => at(x, place));

export const sum = (x: Dense, axes: readonly number[]): Dense => {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const gone = axes.map((axis) => x.shape[axis]!);
  return make(
    kept.map((axis) => x.shape[axis]!),
    (place) =>
      [...coordinates(gone)].reduce((total, own) => {
        const where = x.shape.map((_, axis) =>
          axes.includes(axis) ? own[axes.indexOf(axis)]! : place[kept.indexOf(axis)]!,
        );
        return total + at(x, where);
      }, 0),
  );
};
