/** Zero initial values after which no gradient can reach a weight: two zero gates in series, most of all. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Place, Source } from '../../dsl/span.ts';
import { report } from '../elaborate/codes.ts';
import { findBlockages } from '../grad/reach.ts';
import type { Graph } from '../ir/graph.ts';

/** One warning for each group of weights, where the first of the zeros is made in the file of the model. */
export function blockedGradients(graph: Graph, target: string): readonly Diagnostic[] {
  return findBlockages(graph).flatMap(({ zeros, weights }) => {
    const culprit = zeros[0] ?? weights[0]!;
    const place = placeOfWeight(graph, culprit, graph.place?.source);
    if (place === undefined) return [];
    const others = zeros.slice(1).flatMap((path) => {
      const other = placeOfWeight(graph, path, graph.place?.source);
      return other === undefined ? [] : [{ place: other, text: `\`${path}\` starts at zero too` }];
    });
    const shown = weights
      .slice(0, 3)
      .map((path) => `\`${path}\``)
      .join(', ');
    const why =
      zeros.length > 1
        ? `${zeros.map((path) => `\`${path}\``).join(' and ')} start at zero and multiply each other, so none of them ever moves`
        : `\`${culprit}\` starts at zero and never moves`;
    return [
      report(
        'D0408',
        place,
        { path: weights[0]! },
        {
          text: 'starts at zero',
          labels: others,
          notes: [
            why,
            ...(weights.length > 1
              ? [`it cuts off ${shown}${weights.length > 3 ? ` and ${weights.length - 3} more` : ''}`]
              : []),
            ...(target === '' ? [] : [`of ${target}`]),
          ],
          help: 'let one of them start at another value',
        },
      ),
    ];
  });
}

/** The innermost call or statement in `source` that makes the weight of that path. */
function placeOfWeight(root: Graph, path: string, source: Source | undefined): Place | undefined {
  let graph = root;
  let rest = path;
  let place: Place | undefined;
  const better = (next: Place | undefined): void => {
    if (next !== undefined && (place === undefined || next.source === source)) place = next;
  };
  for (;;) {
    let inner: Graph | undefined;
    for (const owned of graph.owns) {
      if (owned.kind === 'weight') {
        if (owned.weight.path === rest) {
          better(owned.weight.place);
          return place;
        }
      } else if (owned.prefix === '' || rest.startsWith(`${owned.prefix}.`)) {
        const below = owned.prefix === '' ? rest : rest.slice(owned.prefix.length + 1);
        if (!owns(owned.callee, below)) continue;
        better(owned.place);
        inner = owned.callee;
        rest = below;
        break;
      }
    }
    if (inner === undefined) return place;
    graph = inner;
  }
}

const owns = (graph: Graph, path: string): boolean =>
  graph.owns.some((owned) =>
    owned.kind === 'weight'
      ? owned.weight.path === path
      : (owned.prefix === '' || path.startsWith(`${owned.prefix}.`)) &&
        owns(owned.callee, owned.prefix === '' ? path : path.slice(owned.prefix.length + 1)),
  );
