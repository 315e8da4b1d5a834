/** What elaboration says, by code. Each code has a page in `docs/errors` with a failing and a fixed example. */
import { type Code, defineCodes } from '../../dsl/diagnostic.ts';

const error = <H>(message: (holes: H) => string): Code<H> => ({ severity: 'error', message });
const warning = <H>(message: (holes: H) => string): Code<H> => ({ severity: 'warning', message });

type Named = { name: string };
type What = { what: string };

export const report = defineCodes({
  // names
  D0201: error((h: Named) => `unknown name \`${h.name}\``),
  D0202: error((h: Named & What) => `${h.what} \`${h.name}\` is defined twice`),
  D0203: error((h: { path: string; why: string }) => `cannot import ${h.path}: ${h.why}`),
  D0204: error((h: Named & { from: string }) => `\`${h.from}\` has no \`${h.name}\``),
  D0205: error((h: { cycle: string }) => `import cycle: ${h.cycle}`),
  D0206: warning((h: What) => `unused import ${h.what}`),
  D0207: warning((h: Named & What) => `unused parameter \`${h.name}\` of ${h.what}`),
  D0208: warning((h: Named) => `the value of \`${h.name}\` is never used`),
  D0209: warning((h: Named) => `\`${h.name}\` hides the op of that name`),
  D0210: error((h: Named & What) => `\`${h.name}\` cannot be called: it is ${h.what}`),
  D0211: error((h: Named) => `the model \`${h.name}\` cannot be called`),
  D0212: error((h: Named) => `block \`${h.name}\` reaches itself`),
  D0213: error((h: Named) => `unknown type \`${h.name}\``),
  D0214: error((h: { what: string; name: string }) => `${h.what} has no field \`${h.name}\``),
  D0215: error((h: Named) => `const \`${h.name}\` is defined by itself`),
  D0216: warning((h: { divisor: string }) => `\`// ${h.divisor}\` is a comment, not a division`),
  // values and shapes
  D0301: error((h: { op: string; why: string }) => `\`${h.op}\`: ${h.why}`),
  D0302: error(
    (h: { parameter: string; block: string; declared: string; given: string }) =>
      `\`${h.parameter}\` of \`${h.block}\` is declared \`${h.declared}\` and gets \`${h.given}\``,
  ),
  D0303: error(
    (h: { block: string; declared: string; given: string }) =>
      `\`${h.block}\` declares the result \`${h.declared}\` and returns \`${h.given}\``,
  ),
  D0304: error((h: { message: string }) => h.message),
  D0305: error((h: { expected: string; given: string }) => `expected ${h.expected}, found ${h.given}`),
  D0306: error((h: { value: string; what: string }) => `${h.what} must be an int, and this is ${h.value}`),
  D0307: error((h: { why: string }) => h.why),
  D0308: error(
    (h: { names: number; parts: number; of: string }) =>
      `${h.names} name${h.names === 1 ? '' : 's'} for ${h.parts} part${h.parts === 1 ? '' : 's'} of ${h.of}`,
  ),
  D0309: error(
    (h: { name: string; before: string; after: string }) =>
      `\`+=\` would change \`${h.name}\` from \`${h.before}\` to \`${h.after}\``,
  ),
  D0310: error((h: { op: string }) => `the batch N cannot be used with \`${h.op}\` like this`),
  D0311: error((h: { value: string }) => `a dim must be a positive int, and this is ${h.value}`),
  D0312: error((h: { why: string }) => h.why),
  D0314: error((h: { value: string }) => `no arm matches ${h.value}`),
  D0315: error((h: { missing: string; enum: string }) => `this match does not cover ${h.missing} of \`${h.enum}\``),
  // calls
  D0321: error((h: Named & { callee: string }) => `\`${h.callee}\` needs \`${h.name}\``),
  D0322: error((h: Named & { callee: string }) => `\`${h.callee}\` has no parameter \`${h.name}\``),
  D0323: error((h: Named & { callee: string }) => `\`${h.name}\` of \`${h.callee}\` is given twice`),
  D0324: error(
    (h: { callee: string; takes: number; given: number }) =>
      `\`${h.callee}\` takes ${h.takes} argument${h.takes === 1 ? '' : 's'} and gets ${h.given}`,
  ),
  // weights
  D0401: error(
    (h: { callee: string; weights: string }) => `\`${h.callee}\` owns weights (${h.weights}) and has no path`,
  ),
  D0402: error((h: { path: string }) => `the weight path \`${h.path}\` is made twice`),
  D0403: error(
    (h: { path: string; why: string }) => `the shared weight \`${h.path}\` is made twice and differs: ${h.why}`,
  ),
  D0404: error((h: { reads: string }) => `an initial value must be constant, and this one reads ${h.reads}`),
  D0405: error(
    (h: { declared: string; given: string }) =>
      `the weight is declared \`${h.declared}\` and its initial value is ${h.given}`,
  ),
  D0406: error((h: { why: string }) => h.why),
  D0407: warning((h: { path: string }) => `nothing reads the weight \`${h.path}\``),
  D0408: warning((h: { path: string }) => `no gradient can ever reach \`${h.path}\``),
  D0409: error((_: Record<string, never>) => 'there is no call here that the path could name'),
  // models
  D0501: error((h: { role: string }) => `\`${h.role}\` is no role of an input`),
  D0502: error((h: Named & What) => `${h.what} \`${h.name}\` is made twice`),
  D0503: error((h: What) => `${h.what} belongs to a model, not to a block`),
  D0504: error((h: Named) => `the model \`${h.name}\` has no output`),
  D0505: error(
    (h: { bound: number; rows: number }) =>
      `the index goes up to ${h.bound - 1} and the table has ${h.rows} rows (0..${h.rows - 1})`,
  ),
  // presets, recipes, grids
  D0601: error((h: Named & What & { where: string }) => `no ${h.what} \`${h.name}\` in ${h.where}`),
  D0602: error(
    (h: { fact: string; expected: string; given: string }) => `expected ${h.fact} ${h.expected}, and it is ${h.given}`,
  ),
  D0603: error((h: Named & { target: string }) => `${h.target} has no fact \`${h.name}\``),
  D0604: error((h: { code: string }) => `expected the error ${h.code}, and it did not occur`),
  D0606: error((h: { axis: string; of: string }) => `\`${h.axis}\` is no parameter of \`${h.of}\``),
  D0607: error(
    (h: { first: number; other: number }) =>
      `the axes of a zip have equal lengths, and these have ${h.first} and ${h.other}`,
  ),
  D0609: error(
    (h: { name: string; model: string; base: string }) =>
      `\`${h.name}\` is a \`${h.model}\`, and the grid is of a \`${h.base}\``,
  ),
  D0610: warning((h: Named) => `no output of \`${h.name}\` says what it predicts`),
  D0611: warning(
    (h: { output: string; objective: string }) =>
      `the objective \`${h.objective}\` does not read the output \`${h.output}\``,
  ),
  D0612: error(
    (h: { objective: string; name: string }) =>
      `the objective \`${h.objective}\` reads \`${h.name}\`, which neither the model nor the schedule gives`,
  ),
  D0613: error((h: { axis: string }) => `the grid sets \`${h.axis}\` twice`),
  // limits
  D0901: error((h: { what: string; limit: string }) => `${h.what}: more than ${h.limit}`),
});

export type ElaborationCode = keyof typeof report.table;
