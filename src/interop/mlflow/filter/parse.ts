import { invalid } from '../fault.ts';
import { type Token, tokensOf, unquoted } from './tokens.ts';

/** What a condition or an order is about. */
export interface Subject {
  readonly of: 'metric' | 'param' | 'tag' | 'attribute';
  readonly key: string;
}

type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' | 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL';

export interface Condition extends Subject {
  readonly comparator: Comparator;
  /** One, or those of a list; none for a test of null. */
  readonly values: readonly (string | number)[];
}

export interface Order extends Subject {
  readonly descending: boolean;
}

/** Conditions of a filter, which says more than enough with so many. */
const mostConditions = 100;

const spaces: Readonly<Record<string, Subject['of']>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  attr: 'attribute',
  attribute: 'attribute',
  attributes: 'attribute',
  run: 'attribute',
};

/** Reads a filter: conditions joined by AND. An empty one has none. @throws MlflowFault */
export function parseFilter(filter: string): readonly Condition[] {
  const read = reader(filter);
  const conditions: Condition[] = [];
  while (!read.atEnd()) {
    if (conditions.length > 0) read.expectWord('AND');
    conditions.push(conditionOf(read));
    if (conditions.length > mostConditions) throw invalid(`the filter has more than ${mostConditions} conditions`);
  }
  return conditions;
}

/** Reads one order: a subject, and ASC or DESC. @throws MlflowFault */
export function parseOrder(text: string): Order {
  const read = reader(text);
  const subject = subjectOf(read);
  const descending = read.word('DESC');
  if (!descending) read.word('ASC');
  if (!read.atEnd()) throw read.fault('ASC, DESC or the end');
  return { ...subject, descending };
}

interface Reader {
  readonly atEnd: () => boolean;
  readonly take: (what: string, ...kinds: readonly Token['kind'][]) => Token;
  /** Takes a word if it is the next one. */
  readonly word: (word: string) => boolean;
  readonly expectWord: (word: string) => void;
  readonly sign: (sign: string) => boolean;
  readonly fault: (wanted: string) => Error;
}

function reader(source: string): Reader {
  const tokens = tokensOf(source);
  let at = 0;
  const fault = (wanted: string): Error => {
    const token = tokens[at];
    return invalid(
      token === undefined
        ? `the filter ends where ${wanted} is wanted`
        : `the filter has ${token.text.slice(0, 50)} at character ${token.at + 1} where ${wanted} is wanted`,
    );
  };
  const takeIf = (matches: (token: Token) => boolean): boolean => {
    const token = tokens[at];
    if (token === undefined || !matches(token)) return false;
    at += 1;
    return true;
  };
  const word = (wanted: string): boolean => takeIf(({ kind, text }) => kind === 'word' && text.toUpperCase() === wanted);
  return {
    atEnd: () => at === tokens.length,
    take: (what, ...kinds) => {
      const token = tokens[at];
      if (token === undefined || !kinds.includes(token.kind)) throw fault(what);
      at += 1;
      return token;
    },
    word,
    expectWord: (wanted) => {
      if (!word(wanted)) throw fault(wanted);
    },
    sign: (wanted) => takeIf(({ kind, text }) => kind === 'sign' && text === wanted),
    fault,
  };
}

function subjectOf(read: Reader): Subject {
  const first = read.take('metrics., params., tags. or an attribute', 'word', 'name');
  const of = first.kind === 'word' ? spaces[first.text.toLowerCase()] : undefined;
  if (of === undefined || !read.sign('.')) return { of: 'attribute', key: first.kind === 'name' ? unquoted(first) : first.text };
  const parts = [keyPart(read)];
  while (read.sign('.')) parts.push(keyPart(read));
  return { of, key: parts.join('.') };
}

function keyPart(read: Reader): string {
  const token = read.take('a key', 'word', 'name', 'text', 'number');
  return token.kind === 'name' || token.kind === 'text' ? unquoted(token) : token.text;
}

const signs: readonly Comparator[] = ['<=', '>=', '!=', '=', '<', '>'];

function comparatorOf(read: Reader): Comparator {
  const sign = signs.find((one) => read.sign(one));
  if (sign !== undefined) return sign;
  if (read.sign('<>')) return '!=';
  if (read.word('LIKE')) return 'LIKE';
  if (read.word('ILIKE')) return 'ILIKE';
  if (read.word('IN')) return 'IN';
  if (read.word('NOT')) {
    read.expectWord('IN');
    return 'NOT IN';
  }
  if (read.word('IS')) {
    const not = read.word('NOT');
    read.expectWord('NULL');
    return not ? 'IS NOT NULL' : 'IS NULL';
  }
  throw read.fault('a comparator (=, !=, <, <=, >, >=, LIKE, ILIKE, IN)');
}

function conditionOf(read: Reader): Condition {
  const subject = subjectOf(read);
  const comparator = comparatorOf(read);
  return { ...subject, comparator, values: valuesOf(read, comparator) };
}

function valuesOf(read: Reader, comparator: Comparator): readonly (string | number)[] {
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return [];
  if (comparator !== 'IN' && comparator !== 'NOT IN') return [operandOf(read)];
  if (!read.sign('(')) throw read.fault('(');
  const values = [operandOf(read)];
  while (read.sign(',')) values.push(operandOf(read));
  if (!read.sign(')')) throw read.fault(', or )');
  return values;
}

function operandOf(read: Reader): string | number {
  const token = read.take('a value', 'text', 'number');
  return token.kind === 'number' ? Number(token.text) : unquoted(token);
}
