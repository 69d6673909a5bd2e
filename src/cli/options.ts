import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.ts';
import type { Device } from '../search/study/trial-context.ts';
import type { Connection, ConnectOptions } from '../storage/connect.ts';
import type { OutputOptions } from './output/print.ts';

/** Options of every command. */
export interface GlobalOptions extends OutputOptions {
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly log?: 'text' | 'json';
}

export function optionsOf<Options extends object>(command: Command): GlobalOptions & Options {
  return command.optsWithGlobals();
}

/** Opens the database for as long as `use` takes. */
export async function withDatabase<Result>(
  options: GlobalOptions & Pick<ConnectOptions, 'answerMs'>,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { openDatabase } = await import('../storage/open.ts');
  const connection = await openDatabase(options);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It takes a whole number.');
  return value;
}

/** Parses a whole number, negative ones too. */
export function signedWholeNumber(text: string): number {
  return text.startsWith('-') ? -wholeNumber(text.slice(1)) : wholeNumber(text);
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It takes a whole number from 1.');
  return value;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It takes a port from 0 to 65535.');
  return port;
}

/** `0,0.3`. */
export function significantDigits(text: string): readonly number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite)) throw new InvalidArgumentError('It takes numbers joined by commas, such as 0,0.3.');
  return values;
}

/** `90s`, `30m`, `2h`, `1d` in milliseconds. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('It takes a duration such as 90s, 30m or 2h.');
  return ms;
}

/** `cpu`, `gpu:0`, or several joined by commas; repeatable. */
export function device(text: string, all: readonly Device[] = []): readonly Device[] {
  const devices = text.split(',');
  if (!devices.every((each) => /^(cpu|gpu:\d+)$/.test(each))) throw new InvalidArgumentError('It takes cpu or gpu:<index>.');
  return [...all, ...(devices as Device[])];
}
