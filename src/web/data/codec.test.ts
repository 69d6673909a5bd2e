import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineCodec, list, number, oneOf, text } from './codec.ts';

const codec = defineCodec({ q: text(), scale: oneOf(['linear', 'log']), cols: list(), n: number({ whole: true, low: 0 }) });

const views = fc.record({
  q: fc.string({ unit: 'grapheme' }),
  scale: fc.constantFrom('linear' as const, 'log' as const),
  cols: fc.array(fc.string({ minLength: 1 })),
  n: fc.option(fc.nat()),
});

test('a view survives its address', () => {
  fc.assert(
    fc.property(views, (view) => {
      const read = codec.parse(new URLSearchParams(codec.format(view).toString()));
      expect(read).toEqual({ view, notes: [] });
    }),
  );
});

test('a value that cannot be used is left out with a note', () => {
  const { view, notes } = codec.parse(new URLSearchParams('scale=cubic&n=-3&q=lr'));
  expect(view).toEqual({ q: 'lr', scale: 'linear', cols: [], n: null });
  expect(notes).toEqual(['scale=cubic cannot be used here and was left out', 'n=-3 cannot be used here and was left out']);
});

test('keys of others stay, and what is as without it is not written', () => {
  const beside = new URLSearchParams('sel=1&q=old');
  expect(codec.format({ q: '', scale: 'log', cols: ['a,b', 'c'], n: 0 }, beside).toString()).toBe('sel=1&scale=log&cols=a%5C%2Cb%2Cc&n=0');
});

test('a list of given words takes no others', () => {
  const states = list(['complete', 'failed']);
  expect(states.read('complete,failed')).toEqual(['complete', 'failed']);
  expect(states.read('complete,lost')).toBeNull();
});
