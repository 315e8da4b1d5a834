/** The facts of a model, each worked out when it is first asked for: most tables show three of them. */
import { FACTS, type FactName, factOf } from '../cost/facts.ts';
import type { ModelInstance } from '../elaborate/model.ts';

export type PointFacts = Readonly<Record<FactName, number>>;

interface Known {
  readonly model: ModelInstance;
  readonly values: Map<FactName, number>;
}

const known = new WeakMap<object, Known>();
const made = new WeakMap<ModelInstance, PointFacts>();

function workOut(facts: object, fact: FactName): number {
  const { model, values } = known.get(facts)!;
  let value = values.get(fact);
  if (value === undefined) values.set(fact, (value = factOf(model.folded.inference, model.folded.training, fact)));
  return value;
}

/** the getters, once for all points */
const LAZY = Object.defineProperties(
  {},
  Object.fromEntries(
    FACTS.map((fact) => [
      fact,
      {
        enumerable: true,
        get(this: object) {
          return workOut(this, fact);
        },
      },
    ]),
  ),
);

export function factsOf(model: ModelInstance): PointFacts {
  let facts = made.get(model);
  if (facts === undefined) {
    facts = Object.create(LAZY) as PointFacts;
    known.set(facts, { model, values: new Map() });
    made.set(model, facts);
  }
  return facts;
}
