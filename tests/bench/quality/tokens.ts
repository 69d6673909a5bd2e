export interface Token {
  readonly kind: 'number' | 'name' | 'symbol';
  readonly text: string;
  /** Subscript of a name, behind its underscore (null: none). */
  readonly subscript: string | null;
}

const pattern =
  /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([a-z][a-z0-9]*)(?:_(?:\{([^}]*)\}|(i|\d+)(?![a-z0-9])))?|(<=|>=|==|[-+*/^()|,<>]))/iy;

/** @returns null where a character belongs to no token. */
export function tokens(text: string): readonly Token[] | null {
  const source = text.replaceAll('**', '^').replaceAll('−', '-').replaceAll('·', '*').trim();
  const list: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (match === null) return null;
    const [, number, name, braced, plain, symbol] = match;
    if (number !== undefined) list.push({ kind: 'number', text: number, subscript: null });
    else if (name !== undefined) list.push({ kind: 'name', text: name, subscript: braced ?? plain ?? null });
    else list.push({ kind: 'symbol', text: symbol!, subscript: null });
  }
  return list;
}
