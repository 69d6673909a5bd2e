import { invalid } from '../fault.ts';

/** A piece of a filter, with its place for messages. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  readonly text: string;
  readonly at: number;
}

/**
 * One alternative for each kind. A text is in single or double quotes, doubled ones stand for themselves; a name is in backticks. A word may hold
 * dots, dashes and slashes, as keys without quotes do.
 */
const pattern =
  /\s+|(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<name>`[^`]*`)|(?<sign><=|>=|!=|<>|==|[=<>(),.])|(?<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w]))|(?<word>[\p{L}_][\p{L}\p{N}_/-]*)/uy;

/** @throws MlflowFault for a character that begins nothing */
export function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < filter.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(filter);
    if (found === null) throw invalid(`the filter cannot be read from character ${at + 1}: ${JSON.stringify(filter.slice(at, at + 20))}`);
    const [kind, text] = Object.entries(found.groups ?? {}).find(([, matched]) => matched !== undefined) ?? [];
    if (kind !== undefined && text !== undefined) tokens.push({ kind: kind as Token['kind'], text, at });
  }
  return tokens;
}

/** What is inside the quotes. */
export function unquoted({ text }: Token): string {
  const quote = text[0] ?? '';
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
