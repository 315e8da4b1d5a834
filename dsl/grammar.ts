/**
 * The grammar of `.dit` (its reference is docs/language.md) as chevrotain rules: declarations, on top of statements and
 * expressions.
 */
import type { CstNode } from 'chevrotain';
import { Statements } from './grammar-statements.ts';
import { NO_TEXT, starts } from './recovery.ts';
import type { Sync } from './sync.ts';
import * as T from './tokens.ts';

export class Grammar extends Statements {
  constructor(checked = false) {
    super(checked);
    this.performSelfAnalysis();
  }

  /** No tree where there were more complaints than anybody reads. */
  parse(tokens: T.Token[], sync: Sync) {
    this.begin(tokens, sync);
    let cst: CstNode | undefined;
    try {
      cst = this.file();
    } catch (error) {
      if (error !== this.enough) throw error;
    }
    const { complaints } = this;
    // a parser lives long, a text does not
    this.begin([], NO_TEXT);
    return { cst, complaints };
  }

  protected file = this.RULE('file', () => {
    do {
      this.MANY(() => this.attempt('declaration', this.sync.count, () => this.SUBRULE(this.declaration)));
    } while (this.junk('declaration', this.sync.count, 'a declaration'));
  });

  protected declaration = this.RULE('declaration', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.const) },
      { ALT: () => this.SUBRULE(this.enum) },
      { ALT: () => this.SUBRULE(this.record) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.model) },
      { ALT: () => this.SUBRULE(this.preset) },
      { ALT: () => this.SUBRULE(this.recipe) },
      { ALT: () => this.SUBRULE(this.grid) },
    ]);
  });

  protected use = this.RULE('use', () => {
    this.OPTION(() => this.CONSUME(T.Export));
    this.CONSUME(T.Use);
    this.must(starts(T.StringToken, T.Id), 'a module or a file');
    this.OR([
      { ALT: () => this.CONSUME(T.StringToken) },
      {
        ALT: () => {
          this.CONSUME(T.Id);
          this.MANY(() => {
            this.CONSUME(T.Dot);
            this.CONSUME2(T.Id, { ERR_MSG: 'a name' });
          });
        },
      },
    ]);
    this.braced(() => this.SUBRULE(this.useItem), 'a name');
  });

  protected useItem = this.RULE('useItem', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.StringToken) },
      {
        ALT: () => {
          this.CONSUME(T.Id);
          this.OPTION(() => {
            this.CONSUME(T.As);
            this.CONSUME2(T.Id, { ERR_MSG: 'a name' });
          });
        },
      },
    ]);
  });

  protected const = this.RULE('const', () => {
    this.CONSUME(T.Const);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the constant' });
    this.CONSUME(T.Assign);
    this.value('declaration', this.sync.count, () => this.SUBRULE(this.expr));
  });

  protected enum = this.RULE('enum', () => {
    this.CONSUME(T.Enum);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the enum' });
    this.braced(() => this.CONSUME2(T.Id, { ERR_MSG: 'a name' }), 'a name', 1);
  });

  protected record = this.RULE('record', () => {
    this.CONSUME(T.Record_);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the record' });
    this.braced(() => this.SUBRULE(this.field), 'a field', 1);
  });

  protected field = this.RULE('field', () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      this.SUBRULE(this.expr);
    });
  });

  protected block = this.RULE('block', () => {
    const start = this.next();
    this.CONSUME(T.Block);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the block' });
    this.header(() => {
      this.SUBRULE(this.params);
      this.CONSUME(T.Arrow, { ERR_MSG: '`->` and the type of the result' });
      this.SUBRULE(this.result);
      this.must(starts(T.Assign, T.LCurly), '`=` or `{`');
    });
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Assign);
          this.value('declaration', this.sync.count, () => this.SUBRULE(this.expr));
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LCurly);
          const end = this.sync.closing(this.next() - 1);
          this.SUBRULE(this.statements, { ARGS: [end] });
          let returned: unknown;
          this.OPTION(() => this.within(end, () => (returned = this.SUBRULE(this.return))));
          this.ACTION(() => {
            if (returned === undefined) this.complain('declaration', start, '`return`', 'no-return');
            else if (this.next() < end) {
              this.complain('statement', this.next(), '`}`', 'after-return');
              this.jump(end);
            }
          });
          this.CONSUME(T.RCurly);
        },
      },
    ]);
  });

  protected return = this.RULE('return', () => {
    this.CONSUME(T.Return);
    this.value('statement', this.end, () => {
      this.SUBRULE(this.expr);
      this.MANY(() => {
        this.CONSUME(T.Comma);
        this.SUBRULE2(this.expr);
      });
    });
  });

  protected model = this.RULE('model', () => {
    this.CONSUME(T.Model);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the model' });
    this.header(() => {
      this.SUBRULE(this.params);
      this.must(starts(T.LCurly), '`{`');
    });
    this.SUBRULE(this.body);
  });

  protected params = this.RULE('params', () => {
    this.CONSUME(T.LParen, { ERR_MSG: '`(` and the parameters' });
    this.listed(() => this.SUBRULE(this.param), 'a parameter', { fits: starts(T.Name) });
    this.CONSUME(T.RParen);
  });

  protected param = this.RULE('param', () => {
    this.CONSUME(T.Id, { ERR_MSG: 'a parameter' });
    this.CONSUME(T.Colon, { ERR_MSG: '`:` and a type' });
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      this.SUBRULE(this.expr);
    });
  });

  protected result = this.RULE('result', () => {
    this.must(starts(T.Id, T.LSquare, T.LParen), 'the type of the result');
    this.OR([
      { ALT: () => this.SUBRULE(this.type) },
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.listed(() => this.SUBRULE(this.namedType), 'a result', { fits: starts(T.Name, T.LSquare), least: 1 });
          this.CONSUME(T.RParen);
        },
      },
    ]);
  });
}
