/** The facts of a model, each worked out when it is asked for: most tables show three of them. */
import { FACTS, type FactName, factOf } from '../cost/facts.ts';
import type { ModelInstance } from '../elaborate/model.ts';

export type PointFacts = Readonly<Record<FactName, number>>;

class LazyFacts {
  readonly #folded: ModelInstance['folded'];
  readonly #values: (number | undefined)[] = new Array(FACTS.length);

  constructor({ folded }: ModelInstance) {
    this.#folded = folded;
  }

  static {
    for (const [at, fact] of FACTS.entries())
      Object.defineProperty(LazyFacts.prototype, fact, {
        enumerable: true,
        get(this: LazyFacts) {
          return this.#workOut(at, fact);
        },
      });
  }

  #workOut(at: number, fact: FactName): number {
    const { inference, training } = this.#folded;
    return (this.#values[at] ??= factOf(inference, training, fact));
  }
}

export const factsOf = (model: ModelInstance): PointFacts => new LazyFacts(model) as unknown as PointFacts;
