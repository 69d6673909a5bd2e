import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isReservedKey, ownValue, reservedKeyIn } from './reserved-keys.ts';

const reserved = fc.constantFrom('__proto__', 'constructor', 'prototype');

test('a reserved key is found wherever it stands in a document', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(3), fc.constantFrom('a', 'b', 'opt.adam'))), reserved, fc.jsonValue(), (path, key, value) => {
      const text = path.reduceRight<string>(
        (inner, step) => (typeof step === 'number' ? `[${'0,'.repeat(step)}${inner}]` : `{"x":1,"${step}":${inner}}`),
        `{"y":2,"${key}":${JSON.stringify(value)}}`,
      );
      expect(reservedKeyIn(JSON.parse(text))).toBe([...path, key].join('.'));
    }),
  );
});

test('a document without one has none, however deep', () => {
  expect(reservedKeyIn(JSON.parse('{"a":[1,{"b":null,"proto":"__proto__"}],"toString":2}'))).toBeNull();
  expect(reservedKeyIn(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toBeNull();
});

test('a dotted name is reserved for one of its parts', () => {
  expect(['opt.__proto__.lr', 'constructor.x', 'prototype'].every(isReservedKey)).toBe(true);
  expect(['opt.proto', '__proto', 'constructors', 'toString'].some(isReservedKey)).toBe(false);
});

test('what every object inherits is no member of a map', () => {
  expect(ownValue<unknown>({ lr: 1 }, 'toString')).toBeUndefined();
  expect(ownValue<unknown>({ toString: 2 }, 'toString')).toBe(2);
});
