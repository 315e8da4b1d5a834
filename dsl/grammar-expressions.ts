/**
 * The grammar of expressions and types. A chain of operators is flat, `operand { operator operand }`: precedence is
 * settled when the tree is made, and the depth of the recursion is that of the brackets.
 */
import { Recovering, starts, startsExpr } from './recovery.ts';
import * as T from './tokens.ts';

export class Expressions extends Recovering {
  /** `if if if …` nests without a bracket */
  private depth = 0;
  /** in a condition of a grid: `frozen` is a fact there */
  protected facts = false;

  protected expr = this.RULE('expr', () => {
    this.bounded(++this.depth);
    try {
      let length = 0;
      this.SUBRULE(this.operand);
      this.MANY(() => {
        this.CONSUME(T.Infix);
        this.SUBRULE2(this.operand);
        this.bounded(++length);
      });
      this.MANY2(() => {
        this.SUBRULE(this.step);
        this.bounded(++length);
      });
    } finally {
      this.depth--;
    }
  });

  protected step = this.RULE('step', () => {
    this.CONSUME(T.Pipe);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of a block' });
    this.OPTION(() => this.SUBRULE(this.args));
    this.OPTION2(() => this.SUBRULE(this.path));
  });

  protected operand = this.RULE('operand', () => {
    let length = 0;
    this.MANY(() => {
      this.CONSUME(T.Prefix);
      this.bounded(++length);
    });
    this.must((token) => startsExpr(token) || (this.facts && T.is(token, T.Frozen)), 'an expression');
    this.OR([
      { ALT: () => this.CONSUME(T.NumberToken) },
      { ALT: () => this.CONSUME(T.StringToken) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.None) },
      { GATE: () => this.facts, ALT: () => this.CONSUME(T.Frozen) },
      {
        ALT: () => {
          this.CONSUME(T.Id);
          this.OPTION(() => this.SUBRULE(this.args));
        },
      },
      { ALT: () => this.SUBRULE(this.paren) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.choice) },
      { ALT: () => this.SUBRULE(this.match) },
    ]);
    this.MANY2(() => {
      this.SUBRULE(this.suffix);
      this.bounded(++length);
    });
  });

  protected paren = this.RULE('paren', () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.expr);
    this.CONSUME(T.RParen);
  });

  protected list = this.RULE('list', () => {
    this.CONSUME(T.LSquare);
    this.listed(() => this.SUBRULE(this.expr), 'an expression', { fits: startsExpr });
    this.CONSUME(T.RSquare);
  });

  protected suffix = this.RULE('suffix', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Dot);
          this.CONSUME(T.Name, { ERR_MSG: 'a name' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LSquare);
          this.listed(() => this.SUBRULE(this.item), 'an index', { least: 1 });
          this.CONSUME(T.RSquare);
        },
      },
      { ALT: () => this.SUBRULE(this.path) },
    ]);
  });

  protected item = this.RULE('item', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Underscore);
          this.OPTION(() => this.CONSUME(T.Ellipsis));
        },
      },
      { ALT: () => this.CONSUME2(T.Ellipsis) },
      {
        ALT: () => {
          this.CONSUME(T.Colon);
          this.OPTION2(() => this.SUBRULE(this.expr, { LABEL: 'to' }));
        },
      },
      {
        ALT: () => {
          this.SUBRULE2(this.expr, { LABEL: 'from' });
          this.OPTION3(() => {
            this.CONSUME2(T.Colon);
            this.OPTION4(() => this.SUBRULE3(this.expr, { LABEL: 'to' }));
          });
        },
      },
    ]);
  });

  protected path = this.RULE('path', () => {
    this.CONSUME(T.As);
    // `shared` is also a name: a path may begin with it
    this.OPTION({
      GATE: () => this.second(T.Name, T.Underscore),
      DEF: () => this.CONSUME(T.Shared),
    });
    this.must(starts(T.Name, T.Underscore), 'a weight path');
    this.OR([
      { ALT: () => this.CONSUME(T.Underscore) },
      {
        ALT: () => {
          this.CONSUME(T.Name);
          this.MANY(() => this.SUBRULE(this.segment));
        },
      },
    ]);
  });

  protected segment = this.RULE('segment', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Dot);
          this.must(starts(T.Name, T.NumberToken), 'a segment of the path');
          this.OR2([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.NumberToken) }]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LSquare);
          this.SUBRULE(this.expr);
          this.CONSUME(T.RSquare);
        },
      },
    ]);
  });

  protected choice = this.RULE('choice', () => {
    this.CONSUME(T.If);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.branch);
    let length = 0;
    this.MANY({
      GATE: () => this.second(T.If),
      DEF: () => {
        this.CONSUME(T.Else);
        this.CONSUME2(T.If);
        this.SUBRULE2(this.expr);
        this.SUBRULE2(this.branch);
        this.bounded(++length);
      },
    });
    this.CONSUME2(T.Else, { ERR_MSG: '`else`' });
    this.SUBRULE3(this.branch);
  });

  protected branch = this.RULE('branch', () => {
    this.CONSUME(T.LCurly, { ERR_MSG: '`{`' });
    this.SUBRULE(this.expr);
    this.CONSUME(T.RCurly);
  });

  protected match = this.RULE('match', () => {
    this.CONSUME(T.Match);
    this.SUBRULE(this.expr);
    this.braced(() => this.SUBRULE(this.arm), 'an arm', 1);
  });

  protected arm = this.RULE('arm', () => {
    this.SUBRULE(this.pattern);
    this.MANY(() => {
      this.CONSUME(T.Bar);
      this.SUBRULE2(this.pattern);
    });
    this.CONSUME(T.Gives, { ERR_MSG: '`=>`' });
    this.SUBRULE(this.expr);
  });

  protected pattern = this.RULE('pattern', () => {
    this.must(starts(T.Id, T.NumberToken, T.StringToken, T.True, T.False, T.None, T.Underscore), 'a pattern');
    this.OR([
      { ALT: () => this.CONSUME(T.Id) },
      { ALT: () => this.CONSUME(T.NumberToken) },
      { ALT: () => this.CONSUME(T.StringToken) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.None) },
      { ALT: () => this.CONSUME(T.Underscore) },
    ]);
  });

  protected args = this.RULE('args', () => {
    this.CONSUME(T.LParen);
    this.listed((end) => this.SUBRULE(this.arg, { ARGS: [end] }), 'an argument');
    this.CONSUME(T.RParen);
  });

  protected arg = this.RULE('arg', (end: number = 0) => {
    this.OPTION({
      GATE: () => this.second(T.Colon, T.Assign),
      DEF: () => {
        this.CONSUME(T.Name);
        // `k = v` is read as `k: v`, and reported when the tree is made
        this.OR([{ ALT: () => this.CONSUME(T.Colon) }, { ALT: () => this.CONSUME(T.Assign) }]);
      },
    });
    this.attempt('item', end, () => this.SUBRULE(this.expr));
  });

  protected namedType = this.RULE('namedType', () => {
    this.OPTION({
      GATE: () => this.second(T.Colon),
      DEF: () => {
        this.CONSUME(T.Id);
        this.CONSUME(T.Colon);
      },
    });
    this.SUBRULE(this.type);
  });

  protected type = this.RULE('type', () => {
    this.must(starts(T.Id, T.LSquare), 'a type');
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Id);
          this.OPTION(() => this.SUBRULE(this.args));
          this.OPTION2(() => this.SUBRULE(this.shape));
        },
      },
      { ALT: () => this.SUBRULE2(this.shape) },
    ]);
    this.OPTION3(() => this.CONSUME(T.Question));
  });

  protected shape = this.RULE('shape', () => {
    this.CONSUME(T.LSquare);
    this.listed(() => this.SUBRULE(this.dim), 'a dim');
    this.CONSUME(T.RSquare);
  });

  protected dim = this.RULE('dim', () => {
    this.OR([{ ALT: () => this.CONSUME(T.Ellipsis) }, { ALT: () => this.SUBRULE(this.expr) }]);
  });
}
