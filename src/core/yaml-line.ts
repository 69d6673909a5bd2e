import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** Line (from 1) of the deepest of these keys that a YAML text has, aliases followed; 1 if it has none of them. */
export function lineOfKey(text: string, keys: readonly string[]): number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  let offset = 0;
  let node: unknown = document.contents;
  for (const key of keys) {
    if (isAlias(node)) node = node.resolve(document);
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair?.value;
    } else if (isSeq(node)) next = node.items[Number(key)];
    if (next === undefined) break;
    node = next;
  }
  return lines.linePos(offset).line;
}
