import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/json.ts';
import { median, prunerOf } from '../pruners/index.ts';
import { samplerOf, tpe } from '../samplers/index.ts';
import { branch, float, int } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import type { Direction } from '../trial/history.ts';
import { createAskTell } from './ask-tell.ts';
import { answerLine } from './ask-tell-stream.ts';

const space = compileSpace({ x: float(-1, 1), kind: branch({ a: { n: int(1, 3) }, b: {} }) });

function start(...directions: readonly Direction[]) {
  const search = createAskTell({
    space,
    directions: [directions[0] ?? 'minimize', ...directions.slice(1)],
    sampler: samplerOf(tpe()),
    pruner: prunerOf(median({ startupTrials: 1 })),
    seed: 1,
  });
  return (request: unknown): Promise<Json> => answerLine(typeof request === 'string' ? request : JSON.stringify(request), search);
}

const refused = (code: string, said: RegExp) => ({
  error: { code, message: expect.stringMatching(said) as string, hint: expect.any(String) as string },
});

describe('the ask/tell stream', () => {
  test('answers every op as the interface says', async () => {
    const send = start();
    expect(await send({ op: 'ask' })).toEqual({
      number: 0,
      params: expect.objectContaining({ x: expect.any(Number) as number }) as object,
    });
    expect(await send({ op: 'report', number: 0, step: 1, value: 0.5 })).toEqual({ prune: false });
    expect(await send({ op: 'tell', number: 0, value: 0.1 })).toEqual({ ok: true });
    await send({ op: 'ask' });
    expect(await send({ op: 'report', number: 1, step: 1, value: 5 })).toEqual({
      prune: true,
      reason: expect.stringContaining('median') as string,
    });
    expect(await send({ op: 'tell', number: 1, state: 'pruned' })).toEqual({ ok: true });
    expect(await send({ op: 'add', params: { x: 0, kind: 'b' }, value: -3 })).toEqual({ number: 2 });
    expect(await send({ op: 'best' })).toEqual({ number: 2, value: -3, params: { x: 0, kind: 'b' } });
  });

  test('recommends what is expected to be best again, in numbers and words', async () => {
    const send = start('maximize');
    expect(await send({ op: 'recommend' })).toMatchObject(refused('not_found', /nothing to recommend/));
    for (let i = 0; i < 9; i++) await send({ op: 'add', params: { x: i / 10, kind: 'b' }, value: i === 2 ? 'Infinity' : i });
    const answer = await send({ op: 'recommend' });
    expect(answer).toEqual({
      number: expect.any(Number) as number,
      params: expect.objectContaining({ kind: 'b' }) as object,
      trials: [expect.any(Number) as number],
      observed: expect.anything() as number,
      expected: {
        value: expect.any(Number) as number,
        low: expect.any(Number) as number,
        high: expect.any(Number) as number,
        noise: expect.any(Number) as number,
      },
      inWords: expect.stringMatching(/^observed .*, expected again /) as string,
    });
    const two = start('maximize', 'minimize');
    expect(await two({ op: 'recommend' })).toMatchObject(refused('usage', /one objective/));
  });

  test('takes daily returns with a complete or a pruned trial, and refuses wrong ones', async () => {
    const send = start();
    const dailyReturns = { days: ['2024-03-01', '2024-03-04'], returns: [0.01, -0.02] };
    for (let i = 0; i < 3; i++) await send({ op: 'ask' });
    for (const [given, said] of [
      [{ ...dailyReturns, returns: [0.01] }, /2 days for 1 returns/],
      [{ ...dailyReturns, returns: [0.01, 'NaN'] }, /2024-03-04 is NaN/],
      [{ ...dailyReturns, days: ['2024-03-04', '2024-03-01'] }, /comes after/],
    ] as const) {
      expect(await send({ op: 'tell', number: 0, value: 1, dailyReturns: given })).toMatchObject(refused('usage', said));
      expect(await send({ op: 'tell', number: 1, state: 'pruned', dailyReturns: given })).toMatchObject(refused('usage', said));
      expect(await send({ op: 'add', params: { x: 0, kind: 'b' }, value: 1, dailyReturns: given })).toMatchObject(refused('usage', said));
    }
    expect(await send({ op: 'tell', number: 2, state: 'failed', dailyReturns })).toMatchObject(
      refused('usage', /failed trial has no dailyReturns/),
    );
    expect(await send({ op: 'tell', number: 0, value: 1, dailyReturns })).toEqual({ ok: true });
    expect(await send({ op: 'tell', number: 1, state: 'pruned', dailyReturns })).toEqual({ ok: true });
    expect(await send({ op: 'add', params: { x: 0, kind: 'b' }, value: 1, dailyReturns })).toEqual({ number: 3 });
  });

  test('takes the noise of a value as a variance or an sd, and refuses wrong ones', async () => {
    const send = start();
    for (let i = 0; i < 4; i++) await send({ op: 'ask' });
    for (const [given, said] of [
      [{ sd: -1 }, /noise.sd/],
      [{ sd: 1, variance: 1 }, /either a variance or an sd/],
      [{ seeds: 3 }, /either a variance or an sd/],
      [{ sd: 1, seeds: 1 }, /noise.seeds/],
    ] as const) {
      expect(await send({ op: 'tell', number: 0, value: 1, ...given })).toMatchObject(refused('usage', said));
      expect(await send({ op: 'add', params: { x: 0, kind: 'b' }, value: 1, ...given })).toMatchObject(refused('usage', said));
    }
    expect(await send({ op: 'tell', number: 1, state: 'failed', sd: 1 })).toMatchObject(refused('usage', /has no value/));
    expect(await send({ op: 'tell', number: 0, value: 1, sd: 0.1, seeds: 3 })).toEqual({ ok: true });
    expect(await send({ op: 'add', params: { x: 0, kind: 'b' }, value: 1, variance: 0.01 })).toEqual({ number: 4 });
    const two = start('maximize', 'minimize');
    await two({ op: 'ask' });
    expect(await two({ op: 'tell', number: 0, values: [1, 2], sd: 1 })).toMatchObject(refused('usage', /one objective/));
  });

  test('several trials may be open at once, and end in any order', async () => {
    const send = start();
    for (let number = 0; number < 5; number++) expect(await send({ op: 'ask' })).toMatchObject({ number });
    for (const number of [3, 0, 4, 1, 2]) expect(await send({ op: 'tell', number, value: number })).toEqual({ ok: true });
    expect(await send({ op: 'best' })).toMatchObject({ number: 0 });
  });

  test('numbers that are not finite are text, both ways', async () => {
    const send = start('maximize');
    await send({ op: 'ask' });
    expect(await send({ op: 'report', number: 0, step: 0, value: 'NaN' })).toEqual({ prune: false });
    expect(await send({ op: 'tell', number: 0, value: 'NaN' })).toMatchObject(refused('usage', /has a number/));
    expect(await send({ op: 'tell', number: 0, value: 'Infinity' })).toEqual({ ok: true });
    expect(await send({ op: 'best' })).toMatchObject({ value: 'Infinity' });
    // What Python writes unless it is told not to.
    expect(await send('{"op":"tell","number":0,"value":NaN}')).toMatchObject(refused('usage', /no JSON/));
  });

  test('several objectives have values, and best answers with all that no other beats', async () => {
    const send = start('minimize', 'maximize');
    for (const values of [
      [1, 1],
      [2, 2],
      [2, 0],
    ]) {
      const { number } = (await send({ op: 'ask' })) as { number: number };
      expect(await send({ op: 'tell', number, values, constraints: [-1] })).toEqual({ ok: true });
    }
    expect(await send({ op: 'best' })).toMatchObject({ trials: [{ number: 0, values: [1, 1] }, { number: 1 }] });
    await send({ op: 'ask' });
    expect(await send({ op: 'tell', number: 3, value: 1 })).toMatchObject(refused('usage', /1 values for 2/));
  });

  test('what is wrong is said with a code and a hint', async () => {
    const send = start();
    await send({ op: 'ask' });
    expect(await send({ op: 'best' })).toMatchObject(refused('not_found', /no best trial/));
    expect(await send('nonsense')).toMatchObject(refused('usage', /no JSON/));
    expect(await send([])).toMatchObject(refused('usage', /no op/));
    expect(await send({ op: 'stop' })).toMatchObject(refused('usage', /no op "stop"/));
    expect(await send({ op: 'toString' })).toMatchObject(refused('usage', /no op "toString"/));
    expect(await send({ op: 'ask', colour: 1 })).toMatchObject(refused('usage', /ask has no colour/));
    expect(await send({ op: 'tell', number: 1.5, value: 1 })).toMatchObject(
      refused('usage', /^number: it takes a whole number from 0, not 1.5/),
    );
    expect(await send({ op: 'tell', number: 0 })).toMatchObject(refused('usage', /needs value/));
    expect(await send({ op: 'tell', number: 0, value: 1, values: [1] })).toMatchObject(refused('usage', /not both/));
    expect(await send({ op: 'tell', number: 0, state: 'failed', value: 1 })).toMatchObject(refused('usage', /failed trial has no value/));
    expect(await send({ op: 'report', number: 0, step: 1, value: null })).toMatchObject(refused('usage', /^value: a number/));
    expect(await send({ op: 'add', params: { x: 0 }, value: 1 })).toMatchObject(refused('params_invalid', /^kind: a value is missing/));
    expect(await send({ op: 'add', params: { x: 7, kind: 'b' }, value: 1 })).toMatchObject(refused('params_invalid', /^x: 7 does not fit/));
    expect(await send({ op: 'tell', number: 0, value: 1 })).toEqual({ ok: true });
    expect(await send({ op: 'tell', number: 0, value: 1 })).toMatchObject(refused('conflict', /complete already/));
  });

  test('no line whatever breaks it, and bad lines change nothing', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      anyRequest.map((request) => JSON.stringify(request)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (lines) => {
        const [send, clean] = [start(), start()];
        for (const line of lines) {
          const answer = (await send(line)) as Readonly<Record<string, unknown>>;
          expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
          if ('error' in answer) expect(answer).toMatchObject(refused((answer['error'] as { code: string }).code, /./));
          else expect(await clean(line)).toEqual(answer);
        }
        expect(await send({ op: 'ask' })).toEqual(await clean({ op: 'ask' }));
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });

const anyRequest = fc.record(
  {
    op: mostly(fc.constantFrom('ask', 'report', 'tell', 'add', 'best', 'recommend')),
    number: mostly(fc.nat({ max: 4 })),
    step: mostly(fc.nat({ max: 4 })),
    value: mostly(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('NaN', '-Infinity'))),
    state: mostly(fc.constantFrom('complete', 'pruned', 'failed')),
    params: mostly(fc.record({ x: mostly(fc.double({ min: -1, max: 1 })), kind: mostly(fc.constantFrom('a', 'b')) })),
  },
  { requiredKeys: ['op'] },
);
