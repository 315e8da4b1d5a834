/** The facts of a model, each worked out when it is first asked for: most tables show three of them. */
import { FACTS, type FactName, factOf } from '../cost/facts.ts';
import type { ModelInstance } from '../elaborate/model.ts';

export type PointFacts = Readonly<Record<FactName, number>>;

const made = new WeakMap<ModelInstance, PointFacts>();

export function factsOf(model: ModelInstance): PointFacts {
  let facts = made.get(model);
  if (facts === undefined) made.set(model, (facts = lazily((fact) => factOf(model.inference, model.training, fact))));
  return facts;
}

function lazily(work: (fact: FactName) => number): PointFacts {
  const facts = {} as Record<FactName, number>;
  for (const fact of FACTS)
    Object.defineProperty(facts, fact, {
      configurable: true,
      enumerable: true,
      get() {
        const value = work(fact);
        Object.defineProperty(facts, fact, { enumerable: true, value });
        return value;
      },
    });
  return facts;
}
