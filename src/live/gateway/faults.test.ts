import { describe, expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { poll, said, to, useServedRecordings } from '../../../tests/fixtures/live/served.ts';
import { type Fault, faultForms, parseFault } from './faults.ts';

describe('a fault of the command line', () => {
  test.each<[string, Fault]>([
    ['1:700:fin', { session: 1, after: 700, kind: 'fin' }],
    ['2:0:metadata', { session: 2, after: 0, kind: 'metadata' }],
    ['1:5:error=7', { session: 1, after: 5, kind: 'error', code: 7 }],
    ['12:5:delay=700ms', { session: 12, after: 5, kind: 'delay', ms: 700 }],
    ['1:5:clock=-5000ms', { session: 1, after: 5, kind: 'clock', ms: -5000 }],
    ['1:5:remap=MNQM4', { session: 1, after: 5, kind: 'remap', symbol: 'MNQM4' }],
  ])('%s is read', (text, fault) => expect(parseFault(text)).toEqual(fault));

  test('is read in each of its forms', () => {
    expect(faultForms).toHaveLength(11);
    for (const form of faultForms) expect(parseFault(`3:0:${form}`)).toMatchObject({ session: 3, after: 0, kind: form.split('=')[0] });
  });

  test.each([
    '',
    'fin',
    '1:fin',
    '0:1:fin',
    '1:-1:fin',
    '1:1:fin=2',
    '1:1:error',
    '1:1:error=0',
    '1:1:delay=5',
    '1:1:what',
    '1:1:constructor',
    '1:3:metadata',
  ])('%j is refused with what there is', (text) =>
    expect(() => parseFault(text)).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('remap=MNQM4') })),
  );
});

describe('a gateway with a script', () => {
  const { serve, client } = useServedRecordings();
  const one = [to('trades', ['S1'])];
  const run = async (faults: readonly Fault[]) => {
    const clock = createHandClock();
    return { clock, received: client(await serve(['one.dbn'], clock, { faults }), clock, one) };
  };

  test('sends a record behind the next one, the last one too', async () => {
    const { received } = await run([
      { session: 1, after: 0, kind: 'reorder' },
      { session: 1, after: 3, kind: 'reorder' },
    ]);
    await poll(() => said(received, 3).length).toBe(1);
    expect(received.market().map((record) => record['sequence'])).toEqual([1, 0, 2, 3]);
  });

  test('ends inside its metadata, and is asked again', async () => {
    const { clock, received } = await run([{ session: 1, after: 0, kind: 'metadata' }]);
    await poll(() => received.ends().length).toBe(1);
    expect(received.market()).toEqual([]);
    clock.advance(received.ends()[0]!.retryMs!);
    await poll(() => received.market().map((record) => record['sequence'])).toEqual([0, 1, 2, 3]);
  });

  test('gives an instrument another symbol, and puts its clock back', async () => {
    const { received } = await run([
      { session: 1, after: 1, kind: 'remap', symbol: 'MNQM4' },
      { session: 1, after: 2, kind: 'clock', ms: -5000 },
    ]);
    await poll(() => said(received, 3).length).toBe(1);
    const mappings = received.records.filter((record) => record['rtype'] === 0x16);
    expect(mappings.map((record) => [record['stype_in_symbol'], record['stype_out_symbol']])).toEqual([
      ['S1', 'S1'],
      ['S1', 'MNQM4'],
    ]);
    const sent = received.records.filter((record) => record['rtype'] === 0).map((record) => record['ts_out'] as bigint);
    expect(sent.map((time) => Number(time - sent[0]!) / 1e6)).toEqual([0, 0, -5000, -5000]);
  });
});
