/** `ditc engines`: a row for each, or why not and what to do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINE_NAMES } from '../../runtime/engines/registry.ts';
import { ditc } from './ditc.ts';

test('every engine, what runs by default, and what is missing', () => {
  const { code, out, err } = ditc(['engines', '--json']);
  assert.equal([code, err], [0, '']);
  const { engines } = JSON.parse(out);
  assert.equal(
    engines.map(({ name }: { name: string }) => name),
    [...ENGINE_NAMES],
  );
  assert.is(engines.filter((row: { default: boolean }) => row.default).length, 1);
  for (const row of engines) {
    if (row.available) assert.type(row.device, 'string');
    else assert.ok(row.reason.length > 0 && row.remedy.length > 0, row.name);
    assert.not('sgemm_flops' in row);
  }
  const table = ditc(['engines']).out;
  assert.match(table, /^engine +version +device\n/);
  for (const { name, available, reason, remedy } of engines) {
    assert.match(table, new RegExp(`^${name} `, 'm'));
    if (!available) assert.ok(table.includes(`\n${name}: ${reason}\n  = help: ${remedy}\n`), name);
  }
});

test('measured: FLOPs a second of a product, and of a model where that is quick', () => {
  const { code, out } = ditc(['engines', '--measure', '--json']);
  assert.is(code, 0);
  for (const row of JSON.parse(out).engines) {
    assert.is(row.sgemm_flops > 0, row.available, row.name);
    if (row.name === 'onnx') assert.ok(row.dit_flops > 0);
  }
});

test.run();
