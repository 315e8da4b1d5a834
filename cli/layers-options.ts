/** What a program gives to `ditc/layers`, checked before anything is read: an error names the option and what it takes. */
import { nearest } from '../dsl/suggest.ts';

interface Option {
  readonly takes: string;
  readonly fits: (value: unknown) => boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));

const isSetting = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const OPTIONS: Readonly<Record<string, Option>> = {
  set: { takes: "an object of parameters and values, { 'size.depth': 2 }", fits: isRecord },
  training: { takes: 'true or false', fits: (value) => typeof value === 'boolean' },
  recompute: { takes: 'true or false', fits: (value) => typeof value === 'boolean' },
  weights: { takes: 'the path of a file', fits: (value) => typeof value === 'string' },
  seed: { takes: 'a whole number from 0 on', fits: (value) => Number.isSafeInteger(value) && (value as number) >= 0 },
};

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isRecord(value) || Array.isArray(value)) return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'object'}` : String(value);
}

/** Throws what is wrong; `undefined` is as good as nothing. */
export function checkCall(called: 'openLayersModel' | 'registerLayersOf', target: unknown, options: unknown): void {
  const refuse = (problem: string): never => {
    throw new TypeError(`${called}: ${problem}`);
  };
  if (typeof target !== 'string' || target === '')
    refuse(`the first argument is a file, or FILE#NAME for a preset or model in it, not ${show(target)}`);
  if (options === undefined) return;
  if (!isRecord(options)) return refuse(`options are an object, not ${show(options)}`);
  const names = Object.keys(OPTIONS);
  for (const [name, value] of Object.entries(options)) {
    const option = OPTIONS[name];
    if (option === undefined) {
      const meant = nearest(name, names);
      return refuse(
        `no option \`${name}\`${meant ? `; did you mean \`${meant}\`?` : `; it has ${names.map((one) => `\`${one}\``).join(', ')}`}`,
      );
    }
    if (value !== undefined && !option.fits(value)) refuse(`\`${name}\` is ${option.takes}, not ${show(value)}`);
  }
  for (const [path, value] of Object.entries((options.set as Record<string, unknown> | undefined) ?? {})) {
    if (!isSetting(value))
      refuse(
        `\`set\` gives \`${path}\` a string, a number, true or false, not ${show(value)}; fields are set by path, \`size.depth\``,
      );
  }
}
