import type { ChoiceValue } from '../../../search/space/param.ts';
import type { Change, Converted } from './converted.ts';

/** Texts of TypeScript. Whatever a file said stays inside of literals and comments. */

export function textLiteral(text: string): string {
  if (/^[^'"\\\p{C}\u2028\u2029]*$/u.test(text)) return `'${text}'`;
  return JSON.stringify(text).replaceAll(/[\p{C}\u2028\u2029]/gu, (hidden) => `\\u{${hidden.codePointAt(0)!.toString(16)}}`);
}

export function valueLiteral(value: ChoiceValue): string {
  return typeof value === 'string' ? textLiteral(value) : String(value);
}

export function keyLiteral(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name);
}

/** `params.lr`, or `params['opt.lr']`. */
export function memberOf(object: string, name: string): string {
  return keyLiteral(name) === name ? `${object}.${name}` : `${object}[${textLiteral(name)}]`;
}

export function optionsLiteral(options: Readonly<Record<string, number | boolean>>): string {
  const members = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  return members.length === 0 ? '' : `{ ${members.join(', ')} }`;
}

/** A comment of one line, whatever the text holds. */
export function comment(text: string): string {
  return `// ${text.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ').trim()}`;
}

/** The call that declares a parameter. */
export function paramText(param: Change['param'], indent: string): string {
  switch (param.type) {
    case 'float':
    case 'int': {
      const hasStep = param.step !== null && !(param.type === 'int' && param.step === 1);
      const options = optionsLiteral({ ...(param.log && { log: true }), ...(hasStep && { step: param.step! }) });
      return `${param.type}(${[param.low, param.high].join(', ')}${options === '' ? '' : `, ${options}`})`;
    }
    case 'choice': {
      const values = param.choices.map(valueLiteral);
      return values.length === 1 ? `fixed(${values[0]})` : `choice([${values.join(', ')}])`;
    }
    case 'branch': {
      const cases = param.cases.map(({ name, params }) => {
        const inside = params.length === 0 ? '{}' : `{\n${paramLines(params, `${indent}    `)}\n${indent}  }`;
        return `${indent}  ${keyLiteral(name)}: ${inside},`;
      });
      return `branch({\n${cases.join('\n')}\n${indent}})`;
    }
  }
}

/** The members of a space, each below what is said of it. */
export function paramLines(params: readonly Converted[], indent: string): string {
  return params
    .flatMap(({ name, param, notes }) => [
      ...notes.map((note) => indent + comment(note)),
      `${indent}${keyLiteral(name)}: ${paramText(param, indent)},`,
    ])
    .join('\n');
}
