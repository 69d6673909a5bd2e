import { isWellFormed } from '../../core/text.ts';
import { invalid } from './fault.ts';

/** Longest name and key, as the database keeps them in an index. */
const longest = 512;

/** @throws Fault `INVALID_ARGUMENT` for a name that the database cannot store */
export function checkText(what: string, text: string): void {
  if (Array.from(text).length > longest) throw invalid(`${what} has more than ${longest} characters`);
  checkStorable(what, text);
}

export function checkKey(key: string, value: string): void {
  checkText('the key of an attribute', key);
  checkStorable('the value of an attribute', value);
}

export function checkStorable(what: string, text: string): void {
  if (text.includes('\0') || !isWellFormed(text)) throw invalid(`${what} has the character NUL, which the database cannot store`);
}
