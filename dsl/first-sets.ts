/**
 * Which alternative the next token chooses. The grammar is LL(1) but for a few places that look at a second token in a
 * gate of their own, so the sets of first tokens are all that is needed. They are found in one walk over the rules, many
 * times faster than chevrotain's general search for paths of k tokens, which would be most of the time of a cold start.
 * A test has chevrotain check the grammar in its own way.
 */
import {
  Alternation,
  Alternative,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  type IToken,
  NonTerminal,
  Option,
  Repetition,
  type Rule,
  Terminal,
} from 'chevrotain';

interface First {
  /** indices of token types, those of a category's members among them */
  readonly tokens: ReadonlySet<number>;
  readonly empty: boolean;
}

interface Parser {
  LA(howMuch: number): IToken;
}

export function firstSets(): ILookaheadStrategy {
  const known = new Map<Rule, First>();

  const ofSequence = (productions: readonly IProduction[]): First => {
    const tokens = new Set<number>();
    for (const production of productions) {
      const first = of(production);
      for (const token of first.tokens) tokens.add(token);
      if (!first.empty) return { tokens, empty: false };
    }
    return { tokens, empty: true };
  };

  const of = (production: IProduction): First => {
    if (production instanceof Terminal) {
      const { tokenTypeIdx, categoryMatches } = production.terminalType;
      return { tokens: new Set([tokenTypeIdx!, ...(categoryMatches ?? [])]), empty: false };
    }
    if (production instanceof NonTerminal) {
      const rule = production.referencedRule;
      let first = known.get(rule);
      if (first === undefined) {
        first = ofSequence(rule.definition);
        known.set(rule, first);
      }
      return first;
    }
    const inner = production as Option | Repetition | Alternation | Alternative;
    if (inner instanceof Alternation) {
      const all = inner.definition.map(of);
      return { tokens: new Set(all.flatMap(({ tokens }) => [...tokens])), empty: all.some(({ empty }) => empty) };
    }
    const { tokens, empty } = ofSequence(inner.definition);
    return { tokens, empty: empty || !(inner instanceof Alternative) };
  };

  const table = (first: First): boolean[] => {
    const wanted: boolean[] = [];
    for (let i = Math.max(0, ...first.tokens); i >= 0; i--) wanted[i] = first.tokens.has(i);
    return wanted;
  };

  return {
    validate: () => [],
    buildLookaheadForAlternation({ rule, prodOccurrence, hasPredicates }) {
      const alternation = find(
        rule.definition,
        (one) => one instanceof Alternation && one.idx === prodOccurrence,
      ) as Alternation;
      const tables = alternation.definition.map((one) => table(of(one)));
      return function (this: Parser, alternatives?: IOrAlt<unknown>[]) {
        const { tokenTypeIdx } = this.LA(1);
        for (let i = 0; i < tables.length; i++) {
          if (tables[i]![tokenTypeIdx] !== true) continue;
          const gate = hasPredicates ? alternatives![i]!.GATE : undefined;
          if (gate === undefined || gate.call(this)) return i;
        }
        return undefined;
      } as () => number | undefined;
    },
    buildLookaheadForOptional({ rule, prodOccurrence, prodType }) {
      const kind = prodType === 'Option' ? Option : Repetition;
      const optional = find(rule.definition, (one) => one instanceof kind && one.idx === prodOccurrence) as Option;
      const wanted = table(ofSequence(optional.definition));
      return function (this: Parser) {
        return wanted[this.LA(1).tokenTypeIdx] === true;
      } as () => boolean;
    },
  };
}

function find(
  productions: readonly IProduction[],
  fits: (production: IProduction) => boolean,
): IProduction | undefined {
  for (const production of productions) {
    if (fits(production)) return production;
    if (production instanceof Terminal || production instanceof NonTerminal) continue;
    const found = find((production as Option).definition, fits);
    if (found !== undefined) return found;
  }
  return undefined;
}
