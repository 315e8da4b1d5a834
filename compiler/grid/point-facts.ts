/** The facts of a point, each worked out when it is first asked for: most tables show three of them. */
import { FACTS, type FactName, factOf } from '../cost/facts.ts';
import type { ModelInstance } from '../elaborate/model.ts';

export type PointFacts = Readonly<Record<FactName, number>>;

export function factsOf({ inference, training }: ModelInstance): PointFacts {
  const known = {} as Record<FactName, number>;
  for (const fact of FACTS)
    Object.defineProperty(known, fact, {
      configurable: true,
      enumerable: true,
      get() {
        const value = factOf(inference, training, fact);
        Object.defineProperty(known, fact, { enumerable: true, value });
        return value;
      },
    });
  return known;
}
