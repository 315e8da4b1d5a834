/** `input n: role[shape]` of a model. */

import { nearest } from '../../dsl/suggest.ts';
import type { Input, Type } from '../../dsl/tree.ts';
import type { Role } from '../ir/graph.ts';
import type { Dtype } from '../ir/type.ts';
import { type Frame, fail, placeOf } from './context.ts';
import { shapeOf } from './dims.ts';
import { intOf } from './indexing.ts';
import { ERROR } from './term.ts';

/** What each role is stored as. */
export const ROLES: Readonly<Record<Role['kind'], Dtype>> = {
  image: 'f32',
  timestep: 'f32',
  label: 'int',
  text: 'f32',
  mask: 'bool',
  drop: 'bool',
  uniform: 'f32',
  normal: 'f32',
};

const isRole = (name: string): name is Role['kind'] => Object.hasOwn(ROLES, name);

export function input(stmt: Input, frame: Frame): void {
  const name = stmt.name.text;
  const { model } = frame;
  if (model === undefined) {
    fail(
      frame,
      'D0503',
      stmt.span,
      { what: 'an input' },
      { help: 'a parameter with a shape is the input of a block: `x: [N, T, D]`' },
    );
    return;
  }
  if (!frame.names.has('N')) frame.names.set('N', { kind: 'batch', times: 1 });
  const earlier = model.inputs.get(name) ?? model.outputs.find((each) => each.name === name)?.place;
  if (earlier !== undefined) {
    fail(
      frame,
      'D0502',
      stmt.name.span,
      { what: 'the input', name },
      { labels: [{ place: earlier, text: 'first made here' }] },
    );
    return;
  }
  model.inputs.set(name, placeOf(frame, stmt.name.span));
  const { type } = stmt;
  const shape = type.shape === undefined ? undefined : shapeOf(type.shape, frame);
  const role = roleOf(type, frame);
  if (type.shape === undefined)
    fail(
      frame,
      'D0305',
      type.span,
      { expected: 'a shape for the input', given: `\`${type.name?.text}\`` },
      {
        help: `write its dims: ${type.name?.text === 'image' ? '`image[N, side, side, channels]`' : `\`${type.name?.text}[N]\``}`,
      },
    );
  if (shape === undefined || role === undefined) {
    frame.names.set(name, ERROR);
    return;
  }
  const dtype = role.role === undefined ? role.dtype : ROLES[role.role.kind];
  const tensor = { dtype, shape };
  const value = frame.build.input(name, tensor, role.role);
  frame.build.nameValue(value, name);
  const bound = role.role?.kind === 'label' ? Math.max(role.role.classes, (role.role.null ?? -1) + 1) : undefined;
  frame.names.set(name, { kind: 'tensor', value, type: tensor, ...(bound === undefined ? {} : { bound }) });
}

function roleOf(type: Type, frame: Frame): { readonly role?: Role; readonly dtype: Dtype } | undefined {
  const name = type.name?.text;
  if (name === undefined) return { dtype: 'f32' };
  if (name === 'int' || name === 'bool') return { dtype: name };
  if (!isRole(name)) {
    const names = Object.keys(ROLES);
    const close = nearest(name, names);
    fail(
      frame,
      'D0501',
      type.name!.span,
      { role: name },
      {
        help:
          close === undefined
            ? `the roles are ${names.map((n) => `\`${n}\``).join(', ')}; an input without a role has none: \`[N, D]\``
            : `did you mean \`${close}\`?`,
      },
    );
    return undefined;
  }
  if (name === 'label') return labelOf(type, frame);
  if (type.args !== undefined && type.args.length > 0) {
    fail(frame, 'D0324', type.span, { callee: name, takes: 0, given: type.args.length });
    return undefined;
  }
  return { role: { kind: name }, dtype: ROLES[name] };
}

/** `label(k, null: j)`: 0..k-1, and j for "no label" */
function labelOf(type: Type, frame: Frame): { readonly role: Role; readonly dtype: Dtype } | undefined {
  let classes: number | undefined;
  let nothing: number | undefined;
  for (const arg of type.args ?? []) {
    const known =
      arg.name === undefined || arg.name.text === 'classes' ? 'classes' : arg.name.text === 'null' ? 'null' : undefined;
    if (known === undefined) {
      fail(
        frame,
        'D0322',
        arg.name!.span,
        { name: arg.name!.text, callee: 'label' },
        { help: 'a label is `label(classes)` or `label(classes, null: value)`' },
      );
      return undefined;
    }
    const term = frame.evaluate.expression(arg.value, frame);
    if (known === 'null' && term.kind === 'none') continue;
    const value = intOf(term, `\`${known}\` of \`label\``, arg.span, frame);
    if (value === undefined) return undefined;
    if (known === 'classes') classes = value;
    else nothing = value;
  }
  if (classes === undefined) {
    fail(
      frame,
      'D0321',
      type.name!.span,
      { name: 'classes', callee: 'label' },
      { help: 'write `label(classes, null: classes)`' },
    );
    return undefined;
  }
  if (classes < 1 || (nothing !== undefined && (nothing < 0 || nothing > classes))) {
    fail(frame, 'D0307', type.span, {
      why:
        classes < 1
          ? `a label has at least one class, and this has ${classes}`
          : `\`null\` is a row of the table of labels, and ${nothing} is none of 0 to ${classes}: ${classes} is the one after the classes`,
    });
    return undefined;
  }
  return {
    role: nothing === undefined ? { kind: 'label', classes } : { kind: 'label', classes, null: nothing },
    dtype: 'int',
  };
}
