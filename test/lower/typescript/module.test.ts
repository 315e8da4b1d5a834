// limit: 300 s
/** The text of emitted modules: what a person would commit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALL_MODELS, smallModel } from '../../engines/small-models.ts';
import { sourcesOf, typeCheck, writeModule } from './emitted.ts';
import { nameOf } from './emitted-suite.ts';

test('modules of all specs are right to the compiler of a strict user', () => {
  for (const name of SMALL_MODELS) writeModule(nameOf(name), sourcesOf(smallModel(name)));
  assert.is(typeCheck(), '');
});

test('what is written depends on the model alone', () => {
  assert.equal([...sourcesOf(smallModel('DiT'))], [...sourcesOf(smallModel('DiT'))]);
});

test.run();
