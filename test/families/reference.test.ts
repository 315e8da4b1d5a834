/** Every family against its official code, on the oracle: outputs, hidden values, names and shapes of weights. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bindShape } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { assertGolden } from '../golden.ts';
import { FAMILY_NAMES, familyCase, familyGolden, familyImage, familyKey, familyModel, inputOf } from './cases.ts';
import { observed } from './observed.ts';

for (const name of FAMILY_NAMES) {
  const { inputs: feed, hidden } = familyCase(name);
  const golden = familyGolden(name);

  test(`${name}: weights`, () => {
    const given = [...golden.tensors].filter(([key]) => !/^(input|output)\./.test(key));
    assert.equal(
      weightsOf(familyModel(name).inference)
        .map(({ path, weight }) => `${path} ${bindShape(weight.type.shape, 1)}`)
        .sort(),
      given.map(([key, { shape }]) => `${key} ${shape}`).sort(),
    );
  });

  test(`${name}: hidden values and output`, () => {
    const graph = familyModel(name).inference;
    const inputs = feed(inputOf(golden));
    const { results, seen } = observed(graph, { inputs, weights: golden.tensors, batch: inputs.t!.shape[0]! });
    for (const [key, place] of Object.entries(hidden)) {
      const tensor = seen.get(place);
      const wanted = golden.tensors.has(`output.hidden.${key}`) ? `output.hidden.${key}` : `output.${key}`;
      assertGolden(golden, wanted, tensor);
    }
    assertGolden(golden, familyKey(name), familyImage(name, results));
  });
}

test.run();
