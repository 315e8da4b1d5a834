/**
 * A recipe and a model meet by names: the objective reads outputs of the model, tensors of the batch, and numbers of the
 * schedule. What it reads and nobody gives cannot be trained; a prediction that it does not read is trained by nothing
 * (the learned variance under a flow objective).
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { isScheduleName, SCHEDULE_WORDS, type ScheduleWord, supplies } from '../contract/schedule-names.ts';
import { boundAs, PREDICTIONS, STEP_TENSORS } from '../contract/step-tensors.ts';
import { namesOf } from '../elaborate/apply-block.ts';
import { report } from '../elaborate/codes.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { type Entries, isEntries } from '../elaborate/recipe.ts';
import type { RecordTerm, Term } from '../elaborate/term.ts';
import type { FoldedGraph } from '../ir/graph.ts';

const entry = (entries: Entries, name: string): Term | undefined => {
  const value = entries.get(name)?.value;
  return value === undefined || isEntries(value) ? undefined : value;
};

/** The objective of a recipe, when it is a record with the blocks `noising` and `loss`. */
function objectiveOf(entries: Entries): RecordTerm | undefined {
  const term = entry(entries, 'objective');
  return term?.kind === 'record' &&
    term.fields.get('noising')?.kind === 'block' &&
    term.fields.get('loss')?.kind === 'block'
    ? term
    : undefined;
}

const outputsOf = (graph: FoldedGraph): readonly string[] => graph.results.flatMap(({ name }) => name ?? []);

/** What does not fit between a recipe and a model that it is meant for. */
export function checkObjective(entries: Entries, model: ModelInstance): readonly Diagnostic[] {
  const objective = objectiveOf(entries);
  const place = entries.get('objective')?.place;
  if (objective === undefined || place === undefined) return [];
  const outputs = outputsOf(model.folded.training);
  const given = new Set([...Object.keys(STEP_TENSORS), ...outputs.map(boundAs)]);
  const schedule = entry(entries, 'schedule');
  const kind =
    schedule?.kind === 'word' && Object.hasOwn(SCHEDULE_WORDS, schedule.word)
      ? SCHEDULE_WORDS[schedule.word as ScheduleWord]
      : undefined;
  const named = objective.called ?? objective.record.decl.name.text;
  const target = model.target === '' ? model.symbol.decl.name.text : model.target;
  const said: Diagnostic[] = [];
  const read = new Set<string>();
  for (const field of ['noising', 'loss']) {
    const block = objective.fields.get(field)!;
    if (block.kind !== 'block') continue;
    const { required, optional } = namesOf(block);
    for (const name of [...required, ...optional]) read.add(name);
    for (const name of required) {
      const supplied = isScheduleName(name) && (kind === undefined || supplies(kind, 'training', name));
      if (given.has(name) || supplied) continue;
      const help = isScheduleName(name)
        ? `a ${kind} schedule does not give it`
        : outputs.length > 0
          ? `${target} puts out ${outputs.map((each) => `\`${each}\``).join(', ')}`
          : undefined;
      said.push(report('D0612', place, { objective: named, name }, { notes: [`of ${target}`], help }));
    }
  }
  for (const output of outputs) {
    if (!Object.hasOwn(PREDICTIONS, output) || read.has(boundAs(output))) continue;
    said.push(
      report(
        'D0611',
        place,
        { output, objective: named },
        {
          notes: [`of ${target}`],
          help: 'nothing trains it: leave the output out, or choose an objective that reads it',
        },
      ),
    );
  }
  return said;
}
