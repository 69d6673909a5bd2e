import { AssayError } from '../../core/errors.ts';
import { bareValue, quotedPart, unquoted } from '../space/literal.ts';
import type { ChoiceValue } from '../space/param.ts';

/**
 * The language of trial filters, the same on the command line and in the API (docs/filters.md):
 *
 *     filter     = condition { "and" condition }
 *     condition  = name operator value
 *     name       = one or more of anything but blanks, quotes and < > = !; a part may be quoted: metric:"max drawdown"
 *     operator   = "<" | "<=" | ">" | ">=" | "=" | "!="
 *     value      = quoted | bare        a bare one ends before " and " or at the end
 */

export const operators = ['<=', '>=', '!=', '<', '>', '='] as const;
export type Operator = (typeof operators)[number];

export interface Condition {
  readonly name: string;
  readonly operator: Operator;
  /** Typed as written: `1` is a number, `"1"` a text. */
  readonly value: ChoiceValue;
  /** As written, without quotes: used for fields whose values are all texts. */
  readonly text: string;
  readonly quoted: boolean;
}

const nameAhead = /^(?:[^\s<>=!"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+/s;
const operatorAhead = new RegExp(`^(?:${operators.join('|')})`);
const andAhead = /^\s+and(?=\s)\s*/i;
const bareAhead = /^(?:(?!\s+and\s).)+/is;

/** Parses a filter into conditions, all of which must hold. @throws AssayError `usage`, with the part that cannot be parsed */
export function parseFilter(filter: string): readonly Condition[] {
  const conditions: Condition[] = [];
  let rest = filter.trim();
  for (;;) {
    const start = rest;
    const take = (ahead: RegExp): string => {
      const found = ahead.exec(rest)?.[0];
      if (found === undefined) throw unreadable(start);
      rest = rest.slice(found.length);
      return found;
    };
    const name = take(nameAhead).replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs, unquoted);
    rest = rest.trimStart();
    const operator = take(operatorAhead) as Operator;
    rest = rest.trimStart();
    const quoted = quotedPart(rest);
    if (quoted === null && /^["']/.test(rest)) throw unclosed(start);
    const written = quoted ?? take(bareAhead).trim();
    if (quoted !== null) rest = rest.slice(quoted.length);
    if (written === '' || /^[<>=!]/.test(written)) throw unreadable(start);
    const text = quoted === null ? written : unquoted(quoted);
    conditions.push({ name, operator, value: quoted === null ? bareValue(text) : text, text, quoted: quoted !== null });
    if (rest.trim() === '') return conditions;
    if (!andAhead.test(rest)) throw unreadable(start);
    take(andAhead);
  }
}

function unreadable(text: string): AssayError {
  return new AssayError('usage', `${JSON.stringify(text)} is no filter`, {
    place: 'where',
    hint: `write <field><operator><value> with <, <=, >, >=, = or !=, joined by and, for example 'lr<1e-3' or 'opt="a b" and value<0.5' (quoted in a shell)`,
  });
}

function unclosed(text: string): AssayError {
  return new AssayError('usage', `${JSON.stringify(text)} has a quote that is never closed`, {
    place: 'where',
    hint: 'close it, or write \\" for a quote within the text',
  });
}
