import { type Token, tokens } from './tokens.ts';

/**
 * Compiles a formula of the function files if it is plain mathematics: definitions and a final expression, separated by ';'.
 * Supported:
 *   + - * / ^ and juxtaposition (`2 pi x0`, `10 (1 - x)`), |x|, brackets, comparisons, `a if b else c`, pi, e
 *   the functions below, with brackets or without (`log10 lr`, `sin^2(x)`)
 *   names of parameters and of definitions; x_i, x_0, x_{i+1} for a numbered family (parameters x0, x1, ... or `z_i = ...`);
 *   i as a number, d as the size of x
 *   sum_i, sum_{i=0..3}, sum_{i<4}, and the same for prod and mean; their range ends before the first summand without an index
 * @returns null if the text contains anything else (tables of choices, words).
 */
export function compileFormula(text: string, names: readonly string[]): ((values: Readonly<Record<string, number>>) => number) | null {
  try {
    const parts = text
      .split(';')
      .flatMap((part) => splitDefinitions(part.trim()))
      .filter((part) => part !== '');
    const definitions = parts.slice(0, -1).map(parseDefinition);
    const known = new Set([...names, ...definitions.map(({ name }) => name)]);
    const families = new Set([
      ...names.flatMap((name) => /^([a-z]+)\d+$/i.exec(name)?.[1] ?? []),
      ...definitions.flatMap((d) => (d.family ? [d.name] : [])),
    ]);
    const body = parseExpression(parts.at(-1)!, known, families);
    const prepared = definitions.map((definition) => ({ ...definition, node: parseExpression(definition.text, known, families) }));
    const size = names.filter((name) => /^x\d+$/.test(name)).length;
    return (values) => {
      const scope: Scope = { values: new Map(Object.entries(values)), families: new Map(), index: Number.NaN, size };
      for (const { name, family, node } of prepared)
        if (family) {
          const members = Array.from({ length: size }, (_, index) => node.at({ ...scope, index }));
          scope.families.set(name, members);
        } else scope.values.set(name, node.at(scope));
      return body.at(scope);
    };
  } catch (error) {
    if (error instanceof NotAFormula) return null;
    throw error;
  }
}

class NotAFormula extends Error {}

interface Scope {
  readonly values: Map<string, number>;
  readonly families: Map<string, readonly number[]>;
  readonly index: number;
  readonly size: number;
}

interface Node {
  readonly at: (scope: Scope) => number;
  /** True if it depends on the index of an enclosing sum. */
  readonly indexed: boolean;
}

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  exp: Math.exp,
  log: Math.log,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sign: Math.sign,
  min: Math.min,
  max: Math.max,
  clip: (x, low, high) => Math.min(Math.max(x!, low!), high!),
};

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  prod: (values) => values.reduce((a, b) => a * b, 1),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
};

/** Splits a part into definitions at its commas (`a=1, b=2`); commas within brackets separate arguments. */
function splitDefinitions(part: string): readonly string[] {
  if (!/^[a-z]\w*\s*=[^=]/i.test(part)) return [part];
  return part.split(/,\s*(?=[a-z]\w*\s*=[^=])/i);
}

function parseDefinition(part: string): { readonly name: string; readonly family: boolean; readonly text: string } {
  const match = /^([a-z][a-z0-9]*)(_i)?\s*=\s*([^=].*)$/is.exec(part);
  if (match === null) throw new NotAFormula(part);
  return { name: match[1]!, family: match[2] !== undefined, text: match[3]! };
}

function parseExpression(text: string, known: ReadonlySet<string>, families: ReadonlySet<string>): Node {
  const list = tokens(text);
  if (list === null) throw new NotAFormula(text);
  let at = 0;
  let bars = 0;
  const peek = (): Token | undefined => list[at];
  const is = (symbol: string): boolean => peek()?.text === symbol;
  const take = (symbol: string): void => {
    if (!is(symbol)) throw new NotAFormula(`expected ${symbol}`);
    at++;
  };
  const constant = (value: number): Node => ({ at: () => value, indexed: false });
  const join = (a: Node, b: Node, f: (x: number, y: number) => number): Node => ({
    at: (scope) => f(a.at(scope), b.at(scope)),
    indexed: a.indexed || b.indexed,
  });

  const conditional = (): Node => {
    const value = comparison();
    if (!is('if')) return value;
    at++;
    const test = comparison();
    take('else');
    const other = conditional();
    return {
      at: (scope) => (test.at(scope) === 1 ? value.at(scope) : other.at(scope)),
      indexed: value.indexed || test.indexed || other.indexed,
    };
  };
  const comparison = (): Node => {
    const left = additive();
    const compare = {
      '<': (a: number, b: number) => a < b,
      '>': (a: number, b: number) => a > b,
      '<=': (a: number, b: number) => a <= b,
      '>=': (a: number, b: number) => a >= b,
      '==': (a: number, b: number) => a === b,
    }[peek()?.text ?? ''];
    if (compare === undefined) return left;
    at++;
    return join(left, additive(), (a, b) => (compare(a, b) ? 1 : 0));
  };
  const additive = (onlyIndexed = false): Node => {
    let value = term();
    while (is('+') || is('-')) {
      const before = at;
      const sign = is('+') ? 1 : -1;
      at++;
      const next = term();
      if (onlyIndexed && !next.indexed) {
        at = before;
        break;
      }
      value = join(value, next, (a, b) => a + sign * b);
    }
    return value;
  };
  const startsFactor = (): boolean => {
    const token = peek();
    if (token === undefined || token.text === 'if' || token.text === 'else') return false;
    return token.kind !== 'symbol' || token.text === '(' || (token.text === '|' && bars === 0);
  };
  const term = (): Node => {
    if (is('-') || is('+')) {
      const sign = is('-') ? -1 : 1;
      at++;
      return join(constant(sign), term(), (a, b) => a * b);
    }
    let value = power();
    for (;;) {
      if (is('*') || is('/')) {
        const divides = is('/');
        at++;
        value = join(value, is('-') ? term() : power(), (a, b) => (divides ? a / b : a * b));
      } else if (startsFactor()) value = join(value, power(), (a, b) => a * b);
      else return value;
    }
  };
  const power = (): Node => {
    const base = primary();
    if (!is('^')) return base;
    at++;
    const negative = is('-');
    if (negative) at++;
    const exponent = power();
    return join(base, exponent, (a, b) => a ** (negative ? -b : b));
  };
  const within = (close: string): Node => {
    const outer = bars;
    bars = close === '|' ? 1 : 0;
    const value = conditional();
    bars = outer;
    take(close);
    return value;
  };
  const primary = (): Node => {
    const token = peek();
    if (token === undefined) throw new NotAFormula('unexpected end');
    at++;
    if (token.kind === 'number') return constant(Number(token.text));
    if (token.text === '(') return within(')');
    if (token.text === '|') {
      const value = within('|');
      return { at: (scope) => Math.abs(value.at(scope)), indexed: value.indexed };
    }
    if (token.kind !== 'name') throw new NotAFormula(token.text);
    return named(token);
  };
  const named = ({ text: name, subscript }: Token): Node => {
    if (known.has(name) && subscript === null) return { at: ({ values }) => values.get(name)!, indexed: false };
    if (Object.hasOwn(folds, name)) return fold(name, subscript);
    if (Object.hasOwn(functions, name) && subscript === null) return call(functions[name]!);
    if (families.has(name)) return member(name, subscript);
    if (name === 'i') return { at: ({ index }) => index, indexed: true };
    if (name === 'pi') return constant(Math.PI);
    if (name === 'e') return constant(Math.E);
    if (name === 'd') return { at: ({ size }) => size, indexed: false };
    throw new NotAFormula(name);
  };
  const call = (f: (...values: number[]) => number): Node => {
    let exponent: Node | null = null;
    if (is('^')) {
      at++;
      exponent = primary();
    }
    const args: Node[] = [];
    if (is('(')) {
      const outer = bars;
      bars = 0;
      do {
        at++;
        args.push(conditional());
      } while (is(','));
      bars = outer;
      take(')');
    } else args.push(power());
    const value: Node = { at: (scope) => f(...args.map((arg) => arg.at(scope))), indexed: args.some(({ indexed }) => indexed) };
    return exponent === null ? value : join(value, exponent, (a, b) => a ** b);
  };
  const member = (family: string, subscript: string | null): Node => {
    const position = subscript === null ? parseExpression('i', known, families) : parseExpression(subscript, known, families);
    return {
      at: (scope) => {
        const k = position.at(scope);
        return scope.families.get(family)?.[k] ?? scope.values.get(`${family}${k}`) ?? Number.NaN;
      },
      indexed: position.indexed,
    };
  };
  const fold = (name: string, subscript: string | null): Node => {
    const range = /^i\s*(?:=\s*(\d+)\s*\.\.\s*(.+)|<\s*(.+))$/.exec(subscript ?? '');
    if (range === null && subscript !== null && subscript !== 'i') throw new NotAFormula(subscript);
    const from = Number(range?.[1] ?? 0);
    const last = range === null ? null : parseExpression(range[2] ?? `${range[3]} - 1`, known, families);
    const body = additive(true);
    return {
      at: (scope) => {
        const to = last === null ? scope.size - 1 : last.at(scope);
        return folds[name]!(Array.from({ length: to - from + 1 }, (_, k) => body.at({ ...scope, index: from + k })));
      },
      indexed: false,
    };
  };

  const value = conditional();
  if (at < list.length) throw new NotAFormula(list[at]!.text);
  return value;
}
