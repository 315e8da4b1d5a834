/**
 * What a grid sets more than once: the names of its points would say one thing and the points be another. An axis of a
 * record may have axes of its fields after it, which change each of the records; a `match` moves a field of one.
 */
import type { Span } from '../../dsl/span.ts';
import type { Match } from '../../dsl/tree.ts';
import { type Frame, fail, placeOf } from '../elaborate/context.ts';

/** What one line of a grid sets: `size.width`, `recipe.lr`, `seed`. */
export interface Setting {
  readonly axis: string;
  readonly span: Span;
}

/** In written order. */
export function checkDoubled(settings: readonly Setting[], matches: readonly Match[], frame: Frame): void {
  for (const [index, { axis, span }] of settings.entries()) {
    const before = settings.slice(0, index);
    const label = (earlier: Setting) => [{ place: placeOf(frame, earlier.span), text: 'set here first' }];
    const same = before.find((earlier) => earlier.axis === axis);
    if (same !== undefined) {
      fail(frame, 'D0613', span, { axis }, { text: 'set again here', labels: label(same) });
      continue;
    }
    const field = before.find((earlier) => earlier.axis.startsWith(`${axis}.`));
    if (field !== undefined)
      fail(
        frame,
        'D0613',
        span,
        { axis: field.axis },
        {
          text: `\`${axis}\` sets it again with all the others`,
          labels: label(field),
          help: `write \`${axis}\` first: \`${field.axis}\` then changes each of its values`,
        },
      );
  }
  for (const { by } of matches) {
    const axis = by.map(({ text }) => text).join('.');
    const varied = settings.find((setting) => setting.axis === axis);
    if (varied !== undefined)
      fail(
        frame,
        'D0613',
        { start: by[0]!.span.start, end: by.at(-1)!.span.end },
        { axis },
        {
          text: 'moved here',
          labels: [{ place: placeOf(frame, varied.span), text: 'set here first' }],
          help: 'a match moves what no axis sets: match `by` another parameter, or leave the axis out',
        },
      );
  }
}
