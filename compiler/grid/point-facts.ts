/** The facts of a model, each worked out when it is first asked for: most tables show three of them. */
import { FACTS, type FactName, factOf } from '../cost/facts.ts';
import type { ModelInstance } from '../elaborate/model.ts';

export type PointFacts = Readonly<Record<FactName, number>>;

class LazyFacts {
  readonly #model: ModelInstance;
  readonly #values = new Map<FactName, number>();

  constructor(model: ModelInstance) {
    this.#model = model;
  }

  static {
    for (const fact of FACTS)
      Object.defineProperty(LazyFacts.prototype, fact, {
        enumerable: true,
        get(this: LazyFacts) {
          return this.#workOut(fact);
        },
      });
  }

  #workOut(fact: FactName): number {
    let value = this.#values.get(fact);
    if (value === undefined) {
      const { inference, training } = this.#model.folded;
      this.#values.set(fact, (value = factOf(inference, training, fact)));
    }
    return value;
  }
}

const made = new WeakMap<ModelInstance, PointFacts>();

export function factsOf(model: ModelInstance): PointFacts {
  let facts = made.get(model);
  if (facts === undefined) made.set(model, (facts = new LazyFacts(model) as unknown as PointFacts));
  return facts;
}
