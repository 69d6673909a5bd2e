import { count } from '../../plot/format.ts';

/** `1 trial`, `1,200 trials`. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}
