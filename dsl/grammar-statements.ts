/** The grammar of statements, and of the bodies they stand in. */
import { Studies } from './grammar-studies.ts';
import { starts } from './recovery.ts';
import * as T from './tokens.ts';

export class Statements extends Studies {
  protected body = this.RULE('body', () => {
    this.CONSUME(T.LCurly, { ERR_MSG: '`{`' });
    this.SUBRULE(this.statements, { ARGS: [this.sync.closing(this.next() - 1)] });
    this.CONSUME(T.RCurly);
  });

  protected statements = this.RULE('statements', (end = 0) => {
    this.within(end, () => {
      do {
        this.MANY(() => this.attempt('statement', end, () => this.SUBRULE(this.statement)));
      } while (!T.is(this.LA(1), T.Return) && this.junk('statement', end, 'a statement or `}`'));
    });
  });

  protected statement = this.RULE('statement', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.assign) },
      { ALT: () => this.SUBRULE(this.weight) },
      { ALT: () => this.SUBRULE(this.inputStatement) },
      { ALT: () => this.SUBRULE(this.output) },
      { ALT: () => this.SUBRULE(this.require) },
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.for) },
    ]);
  });

  /** The value of a statement that defines a name: the name stays known where the value is broken. */
  protected assigned = this.RULE('assigned', () => {
    this.value('statement', this.end, () => this.SUBRULE(this.expr));
  });

  protected assign = this.RULE('assign', () => {
    this.SUBRULE(this.targets);
    this.must(starts(T.Assign, T.PlusAssign), '`=` or `+=`');
    this.OR([{ ALT: () => this.CONSUME(T.Assign) }, { ALT: () => this.CONSUME(T.PlusAssign) }]);
    this.SUBRULE(this.assigned);
  });

  protected targets = this.RULE('targets', () => {
    this.SUBRULE(this.target);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.SUBRULE2(this.target);
    });
  });

  protected target = this.RULE('target', () => {
    this.must(starts(T.Id, T.Underscore), 'a name');
    this.OR([{ ALT: () => this.CONSUME(T.Id) }, { ALT: () => this.CONSUME(T.Underscore) }]);
  });

  protected weight = this.RULE('weight', () => {
    this.OR([{ ALT: () => this.CONSUME(T.Param) }, { ALT: () => this.CONSUME(T.Frozen) }]);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the weight' });
    this.OPTION(() => this.SUBRULE(this.path));
    this.CONSUME(T.Colon, { ERR_MSG: '`:` and a shape' });
    this.SUBRULE(this.type);
    this.CONSUME(T.Assign, { ERR_MSG: '`=` and an initial value' });
    this.SUBRULE(this.assigned);
  });

  protected inputStatement = this.RULE('inputStatement', () => {
    this.CONSUME(T.Input);
    this.CONSUME(T.Id, { ERR_MSG: 'the name of the input' });
    this.CONSUME(T.Colon, { ERR_MSG: '`:` and a type' });
    this.SUBRULE(this.type);
  });

  protected output = this.RULE('output', () => {
    this.CONSUME(T.Output);
    this.SUBRULE(this.targets);
    this.CONSUME(T.Assign);
    this.SUBRULE(this.assigned);
  });

  protected require = this.RULE('require', () => {
    this.CONSUME(T.Require);
    this.SUBRULE(this.expr);
    this.CONSUME(T.Comma, { ERR_MSG: '`,` and a message' });
    this.CONSUME(T.StringToken, { ERR_MSG: 'a message in quotes' });
  });

  protected if = this.RULE('if', () => {
    this.CONSUME(T.If);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.body);
    let length = 0;
    this.MANY({
      GATE: () => this.second(T.If),
      DEF: () => {
        this.CONSUME(T.Else);
        this.CONSUME2(T.If);
        this.SUBRULE2(this.expr);
        this.SUBRULE2(this.body);
        this.bounded(++length);
      },
    });
    this.OPTION(() => {
      this.CONSUME2(T.Else);
      this.SUBRULE3(this.body);
    });
  });

  protected for = this.RULE('for', () => {
    this.CONSUME(T.For);
    this.CONSUME(T.Id, { ERR_MSG: 'a name' });
    this.OPTION(() => {
      this.CONSUME(T.Comma);
      this.CONSUME2(T.Id, { ERR_MSG: 'a name' });
    });
    this.CONSUME(T.In);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.body);
  });
}
