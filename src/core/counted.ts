/** `1 trial`, `1,200 trials`: a whole number with its noun. @param plural where it is not the noun with an s */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? noun : plural}`;
}
