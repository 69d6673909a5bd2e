import { describe, expect, expectTypeOf, test } from 'vitest';
import { forecast, hyperband, nop } from '../pruners/index.ts';
import { cmaes, nsga2, tpe } from '../samplers/index.ts';
import { float } from '../space/builders.ts';
import { defineStudy } from './define-study.ts';
import { toStudyDescription } from './describe-study.ts';
import { diffStudies } from './diff-studies.ts';

const valid = {
  name: 'several',
  objectives: { sharpe: 'maximize', drawdown: { direction: 'minimize', reference: 0.3 } },
  space: { x: float(0, 1) },
  objective: () => ({ values: { sharpe: 1, drawdown: 0 } }),
} as const;

describe('a study with several objectives', () => {
  test('types what the objective reports and returns', () => {
    defineStudy({
      ...valid,
      objective: async ({ params, report }) => {
        expectTypeOf(report).parameter(1).toEqualTypeOf<Readonly<Record<string, number>>>();
        await report(1, { sharpe: params.x });
        return { values: { sharpe: 1, drawdown: 0 }, constraints: [params.x - 0.5] };
      },
    });
    // @ts-expect-error a value is missing
    defineStudy({ ...valid, objective: () => ({ values: { sharpe: 1 } }) });
    // @ts-expect-error one number is not enough
    defineStudy({ ...valid, objective: () => 1 });
    // @ts-expect-error one objective has one value
    defineStudy({ name: 'one', direction: 'minimize', space: valid.space, objective: () => ({ values: { sharpe: 1 } }) });
  });

  test('keeps them in their order, prunes nothing by default, and its first direction is the first objective’s', () => {
    const study = defineStudy(valid);
    expect(study).toMatchObject({
      direction: 'maximize',
      objectives: [
        { name: 'sharpe', direction: 'maximize', reference: null },
        { name: 'drawdown', direction: 'minimize', reference: 0.3 },
      ],
      pruner: nop(),
      pruneOn: null,
    });
    expect(defineStudy({ ...valid, pruneOn: 'drawdown' })).toMatchObject({
      pruner: forecast(),
      pruneOn: { metric: 'drawdown', direction: 'minimize' },
    });
    const pruneOn = { metric: 'loss', direction: 'minimize' } as const;
    expect(defineStudy({ ...valid, sampler: nsga2(), pruner: hyperband(), pruneOn }).pruneOn).toEqual(pruneOn);
  });

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['a sampler for one objective', { sampler: cmaes() }, 'sampler', /nsga2/],
    ['a pruner that is not told what to prune on', { pruner: forecast() }, 'pruner', /pruneOn: 'sharpe'/],
    ['a direction beside them', { direction: 'maximize' }, 'direction', /leave/],
    ['a single one', { objectives: { sharpe: 'maximize' } }, 'objectives', /direction: /],
    ['none', { objectives: {} }, 'objectives', /at least two/],
    ['a list', { objectives: ['maximize', 'minimize'] }, 'objectives', /sharpe: /],
    ['an unknown direction', { objectives: { a: 'up', b: 'minimize' } }, 'objectives.a', /minimize/],
    ['a name with a space', { objectives: { 'a b': 'minimize', b: 'minimize' } }, 'objectives.a b', /letters/],
    [
      'a reference that is no number',
      { objectives: { a: { direction: 'minimize', reference: Number.NaN }, b: 'minimize' } },
      'objectives.a',
      /worst/,
    ],
    ['pruning on what is no objective', { pruneOn: 'calmar' }, 'pruneOn', /sharpe, drawdown/],
    ['pruning on a metric without direction', { pruneOn: { metric: 'loss' } }, 'pruneOn', /minimize/],
    ['pruneOn with one objective', { objectives: undefined, direction: 'minimize', pruneOn: 'loss' }, 'pruneOn', /several/],
  ])('%s is refused', (_, change, place, hint) => {
    let caught: unknown;
    try {
      defineStudy({ ...valid, ...change } as never);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'study_invalid', place, hint: expect.stringMatching(hint) as string });
  });

  test('another objective or another metric to prune on is a breaking change, another reference is none', () => {
    const module = { url: 'file:///x.ts', sourceHash: 's', packagesHash: null, gitCommit: null, gitDirty: false };
    const of = (change: object) => toStudyDescription(defineStudy({ ...valid, sampler: tpe(), pruner: nop(), ...change } as never), module);
    const changes = (change: object) => diffStudies(of({}), of(change)).map(({ what, breaking }) => ({ what, breaking }));
    expect(changes({})).toEqual([]);
    expect(changes({ objectives: { drawdown: 'minimize', sharpe: 'maximize' } })).toContainEqual({ what: 'direction', breaking: true });
    expect(changes({ pruneOn: 'sharpe' })).toEqual([{ what: 'pruneOn', breaking: true }]);
    expect(changes({ objectives: { sharpe: 'maximize', drawdown: 'minimize' } })).toEqual([{ what: 'reference', breaking: false }]);
  });
});
