/** The grammar of presets, recipes and grids: what is made of a model. */
import { Expressions } from './grammar-expressions.ts';
import { starts, startsExpr } from './recovery.ts';
import * as T from './tokens.ts';

export class Studies extends Expressions {
  protected preset = this.RULE('preset', () => {
    this.CONSUME(T.Preset);
    this.CONSUME(T.StringToken, { ERR_MSG: 'the name of the preset in quotes' });
    this.CONSUME(T.Assign);
    this.SUBRULE(this.point);
    this.OPTION(() => {
      this.CONSUME(T.Expect);
      this.braced(() => this.SUBRULE(this.fact), 'a fact', 1);
    });
  });

  protected fact = this.RULE('fact', () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.expr);
    this.OPTION(() => this.SUBRULE(this.tolerance));
  });

  protected tolerance = this.RULE('tolerance', () => {
    this.CONSUME(T.PlusMinus);
    this.CONSUME(T.NumberToken, { ERR_MSG: 'a number' });
    this.OPTION(() => this.CONSUME(T.Percent));
  });

  protected point = this.RULE('point', () => {
    this.must(starts(T.StringToken, T.Id), 'a model, or a preset in quotes');
    this.OR([{ ALT: () => this.CONSUME(T.StringToken) }, { ALT: () => this.CONSUME(T.Id) }]);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  protected recipe = this.RULE('recipe', () => {
    this.CONSUME(T.Recipe);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the recipe' });
    this.OPTION(() => {
      this.CONSUME(T.Of);
      this.CONSUME2(T.Id, { ERR_MSG: 'the name of a recipe' });
    });
    this.SUBRULE(this.entries);
  });

  protected entries = this.RULE('entries', () => {
    this.braced(() => this.SUBRULE(this.entry), 'an entry');
  });

  protected entry = this.RULE('entry', () => {
    this.CONSUME(T.Name);
    this.must(starts(T.Colon, T.Assign), '`:`');
    this.OR([{ ALT: () => this.CONSUME(T.Colon) }, { ALT: () => this.CONSUME(T.Assign) }]);
    this.must((token) => startsExpr(token) || T.is(token, T.LCurly), 'a value');
    this.OR2([{ ALT: () => this.SUBRULE(this.entries) }, { ALT: () => this.SUBRULE(this.expr) }]);
  });

  protected grid = this.RULE('grid', () => {
    this.CONSUME(T.Grid);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the grid' });
    this.CONSUME(T.Of);
    this.SUBRULE(this.point);
    this.OPTION(() => {
      this.CONSUME(T.With);
      this.CONSUME2(T.Id, { ERR_MSG: 'the name of a recipe' });
    });
    this.braced(() => this.SUBRULE(this.vary), 'an axis');
  });

  /** Words like `where` are names too: before `:` or `.` they begin an axis. */
  protected vary = this.RULE('vary', () => {
    const GATE = () => !this.second(T.Colon, T.Dot);
    this.OR([
      { GATE, ALT: () => this.SUBRULE(this.zip) },
      { GATE, ALT: () => this.SUBRULE(this.where) },
      { GATE, ALT: () => this.SUBRULE(this.matchCost) },
      { GATE, ALT: () => this.SUBRULE(this.walk) },
      { ALT: () => this.SUBRULE(this.axis) },
    ]);
  });

  protected axis = this.RULE('axis', () => {
    this.SUBRULE(this.dotted);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.expr);
  });

  protected dotted = this.RULE('dotted', () => {
    this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.CONSUME2(T.Name, { ERR_MSG: 'a name' });
    });
  });

  protected zip = this.RULE('zip', () => {
    this.CONSUME(T.Zip);
    this.braced(() => this.SUBRULE(this.axis), 'an axis');
  });

  protected where = this.RULE('where', () => {
    this.CONSUME(T.Where);
    this.facts = true;
    try {
      this.SUBRULE(this.expr);
    } finally {
      this.facts = false;
    }
  });

  protected matchCost = this.RULE('matchCost', () => {
    this.CONSUME(T.Match);
    this.must(starts(T.Id, T.Frozen), 'the name of a fact');
    this.OR([{ ALT: () => this.CONSUME(T.Id) }, { ALT: () => this.CONSUME(T.Frozen) }]);
    this.SUBRULE(this.tolerance);
    this.OPTION(() => {
      this.CONSUME(T.To);
      this.SUBRULE(this.expr, { LABEL: 'to' });
    });
    this.CONSUME(T.By, { ERR_MSG: '`by` and what is moved' });
    this.SUBRULE(this.dotted);
    this.CONSUME(T.Step, { ERR_MSG: '`step` and its size' });
    this.SUBRULE2(this.expr);
  });

  protected walk = this.RULE('walk', () => {
    this.OR([{ ALT: () => this.CONSUME(T.LeaveOneOut) }, { ALT: () => this.CONSUME(T.PathWord) }]);
    this.CONSUME(T.To);
    this.SUBRULE(this.point);
  });
}
