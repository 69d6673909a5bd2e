/** Longest slug that leaves room for what makes it unique; names of studies have at most 100 characters. */
const mostCharacters = 90;

/** What is left of any text as the name of a study: lower-case letters, digits and `.`, `_`, `-`. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, mostCharacters)
    .replace(/-+$/, '');
  return plain === '' ? 'study' : plain;
}
