import { parsePythonJson } from './python-json.ts';

/** JSON whose values stay texts: numbers keep their digits, `NaN` and `Infinity` are as Python writes them. */

/** A string as a whole, a character of the structure, or a word. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Takes an object apart. Of a key that is there twice the last value counts, as with Python.
 * @returns the text of each value as `json.dumps` writes it: a space behind each comma and colon
 * @throws SyntaxError for a text that is no object
 */
export function membersOf(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const tokens = text.match(token) ?? [];
  let depth = 0;
  let key: string | null = null;
  let value = '';
  const end = (): void => {
    if (key === null && value === '') return;
    if (key === null || value === '') throw new SyntaxError('a member of an object lacks its value');
    members.set(key, value);
    [key, value] = [null, ''];
  };
  for (const [place, part] of tokens.entries()) {
    if (place === 0 && part !== '{') break;
    const closes = part === '}' || part === ']';
    if (closes) depth -= 1;
    if (depth === 0 && place > 0) {
      end();
      if (part !== '}' || place !== tokens.length - 1) break;
      return members;
    }
    if (depth === 1 && !closes && key === null && value === '' && part.startsWith('"') && tokens[place + 1] === ':')
      key = JSON.parse(part) as string;
    else if (depth === 1 && part === ',') end();
    else if (depth > 0 && !(depth === 1 && part === ':' && value === '')) value += part === ',' ? ', ' : part === ':' ? ': ' : part;
    if (part === '{' || part === '[') depth += 1;
  }
  throw new SyntaxError('this is no JSON object');
}

/** The same JSON without white space between its parts, so on one line. @throws SyntaxError for a text that is no JSON */
export function compactJson(text: string): string {
  parsePythonJson(text);
  return (text.match(token) ?? []).join('');
}
