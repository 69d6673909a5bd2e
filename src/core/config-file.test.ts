import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { loadConfig, mostIncludedFiles, mostIncludeLevels } from './config-file.ts';

const readFile = vi.hoisted(() => ({ paths: [] as string[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readFileSync = (...args: Parameters<typeof fs.readFileSync>) => {
    readFile.paths.push(String(args[0]));
    return fs.readFileSync(...args);
  };
  return { ...fs, readFileSync };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-config-file-'));
  readFile.paths.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const anything = z.record(z.string(), z.unknown());

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const refused = (code: RegExp, place = /a\.yaml/) =>
  expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(code), place: expect.stringMatching(place) });

function errorOf(path: string): unknown {
  try {
    loadConfig(path, anything);
  } catch (error) {
    return error;
  }
  return expect.fail('the file was accepted');
}

test('keys that reach a prototype are refused at any depth, with file and key, and leave every object as it was', () => {
  const reserved = fc.constantFrom('__proto__', 'constructor', 'prototype');
  const steps = fc.array(fc.constantFrom('environment', 'costs', 'list'), { maxLength: 5 });
  fc.assert(
    fc.property(steps, reserved, fc.boolean(), (path, key, included) => {
      const inner = `{ ok: 1, ${key}: { seeds: 7 } }`;
      const text = path.reduceRight((value, step) => (step === 'list' ? `{ list: [${value}] }` : `{ ${step}: ${value} }`), inner);
      file('b.yaml', text);
      const error = errorOf(included ? file('a.yaml', 'include: [b.yaml]') : file('a.yaml', text));
      expect(error).toEqual(refused(new RegExp(`${key}: no configuration may have this key`), included ? /b\.yaml/ : /a\.yaml/));
      expect(({} as { readonly seeds?: number }).seeds).toBeUndefined();
      expect(Object.prototype).not.toHaveProperty('seeds');
    }),
  );
});

test('any document without such keys is read as it was written, through any tree of includes', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'toString', 'valueOf');
  const leaf = fc.oneof(fc.integer(), fc.constantFrom('x', 'true', '1e3', ''), fc.boolean(), fc.constant(null));
  const { map } = fc.letrec<{ map: Record<string, unknown>; value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { maxLength: 3 }), tie('map')),
    map: fc.dictionary(key, tie('value'), { maxKeys: 4 }) as fc.Arbitrary<Record<string, unknown>>,
  }));
  fc.assert(
    fc.property(fc.array(map, { minLength: 1, maxLength: 4 }), (parts) => {
      parts.forEach((part, i) => {
        file(`${i}.yaml`, stringify({ ...part, ...(i > 0 && { include: [`${i - 1}.yaml`] }) }));
      });
      const expected = parts.map((part) => ({ ...part })).reduce((under, over) => mergedOver(under, over));
      expect(loadConfig(join(folder, `${parts.length - 1}.yaml`), anything)).toEqual(expected);
    }),
  );
});

function mergedOver(under: unknown, over: unknown): Record<string, unknown> {
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = (value: unknown): string[] => (isMap(value) ? Object.keys(value) : []);
  return Object.fromEntries(
    [...new Set([...keys(under), ...keys(over)])].map((key) => {
      const [low, high] = [under, over].map((map) => (isMap(map) && Object.hasOwn(map, key) ? map[key] : undefined));
      return [key, isMap(low) && isMap(high) ? mergedOver(low, high) : high === undefined ? low : high];
    }),
  );
}

test('each file is read once, however often it is included', () => {
  file('0.yaml', 'x: 0');
  for (let level = 1; level <= 25; level++) file(`${level}.yaml`, `include: [${level - 1}.yaml, ${level - 1}.yaml]\nx: ${level}`);
  expect(loadConfig(join(folder, '25.yaml'), anything)).toEqual({ x: 25 });
  expect(readFile.paths.filter((path) => path.startsWith(folder))).toHaveLength(26);
});

test(`${mostIncludeLevels} levels of includes are read, and one more is refused, whichever branch is read first`, () => {
  file('1.yaml', 'x: 1');
  for (let level = 2; level <= mostIncludeLevels + 1; level++) file(`${level}.yaml`, `include: [${level - 1}.yaml]`);
  expect(loadConfig(join(folder, `${mostIncludeLevels}.yaml`), anything)).toEqual({ x: 1 });
  expect(errorOf(join(folder, `${mostIncludeLevels + 1}.yaml`))).toEqual(refused(/more than 32 files include one another/, /\.yaml:1$/));
  const sideways = file('a.yaml', `include: [b.yaml, c.yaml]`);
  file('b.yaml', `include: [${mostIncludeLevels - 2}.yaml]`);
  file('c.yaml', `include: [b.yaml]`);
  expect(errorOf(sideways)).toEqual(refused(/more than 32 files include one another/, /c\.yaml:1$/));
});

test(`${mostIncludedFiles} files are read, and one more is refused`, () => {
  const names = Array.from({ length: mostIncludedFiles }, (_, i) => `n${i}.yaml`);
  for (const name of names) file(name, 'x: 1');
  expect(loadConfig(file('a.yaml', `include: [${names.slice(1).join(', ')}]`), anything)).toEqual({ x: 1 });
  expect(errorOf(file('a.yaml', `include: [${names.join(', ')}]`))).toEqual(refused(/100 files are the most/));
});

test.each([
  ['an alias inside what it stands for', 'environment: &a { b: *a }', /environment\.b: an alias stands inside/],
  ['the same in a list', 'x: &a [1, [*a]]', /x\.1\.0: an alias stands inside/],
  ['the whole document in itself', '&a { x: { y: *a } }', /x\.y: an alias stands inside/],
  ['an alias of nothing', 'x: *nothing', /not YAML/],
  [
    'aliases that multiply',
    `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n${'abcdefgh'
      .split('')
      .slice(1)
      .map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]}, `.repeat(9)}]`)
      .join('\n')}`,
    /not YAML/,
  ],
  ['too many maps inside one another', `${'{ a: '.repeat(65)}1${' }'.repeat(65)}`, /more than 64 maps/],
  ['20,000 brackets', `a: ${'['.repeat(20_000)}`, /not YAML/],
  ['includes of each other', 'include: [a.yaml]', /includes itself/],
  ['an include that is a device', 'include: [/dev/zero]', /not a file/],
  ['an include that is a folder', 'include: [sub]', /not a file/],
])('%s is refused with a code', (_, text, says) => {
  mkdirSync(join(folder, 'sub'));
  expect(errorOf(file('a.yaml', text))).toEqual(refused(says, /a\.yaml|zero|sub/));
});

test('an alias may stand for a value elsewhere, and what is merged over one place changes no other', () => {
  file('base.yaml', 'one: &x { k: 1, m: 2 }\ntwo: *x');
  expect(loadConfig(file('a.yaml', 'include: [base.yaml]\none: { k: 3 }'), anything)).toEqual({ one: { k: 3, m: 2 }, two: { k: 1, m: 2 } });
  file('wrapped.yaml', 'in: { one: &x { k: 1 }, two: *x }');
  expect(loadConfig(file('b.yaml', 'include: [wrapped.yaml]\nin: { one: { k: 3 } }'), anything)).toEqual({
    in: { one: { k: 3 }, two: { k: 1 } },
  });
});
