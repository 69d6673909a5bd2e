import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkBlockLength, checkCpcv, checkDetectable, checkNeweyWest, checkPbo, type PromotionGolden } from './promotion.ts';
import { readGolden } from './read.ts';

const golden = readGolden<Required<PromotionGolden>>(
  fileURLToPath(new URL('../fixtures/golden/promotion/promotion.json', import.meta.url)),
);

describe('the statistics of promotion match the reference', () => {
  test.each(golden.pbo)('overfitting over $combinations halves', (one) => {
    expect(checkPbo(one)).toEqual([]);
  });
  test('block lengths', () => {
    expect(golden.blockLength.flatMap(checkBlockLength)).toEqual([]);
  });
  test('standard errors of means', () => {
    expect(golden.neweyWest.flatMap(checkNeweyWest)).toEqual([]);
  });
  test('smallest detectable Sharpe ratios', () => {
    expect(golden.detectable.flatMap(checkDetectable)).toEqual([]);
  });
  test('splits and paths', () => {
    expect(golden.cpcv.flatMap(checkCpcv)).toEqual([]);
  });

  test('a changed expectation is detected', () => {
    const [pbo, length, error, detectable, cpcv] = [
      golden.pbo[0]!,
      golden.blockLength[0]!,
      golden.neweyWest[0]!,
      golden.detectable[0]!,
      golden.cpcv[0]!,
    ];
    expect(checkPbo({ ...pbo, meanLogit: Number(pbo.meanLogit) + 1e-6 })).toHaveLength(1);
    expect(checkPbo({ ...pbo, chosen: [...pbo.chosen].reverse() })).toHaveLength(1);
    expect(checkBlockLength({ ...length, circular: Number(length.circular) + 1e-6 })).toHaveLength(1);
    expect(checkNeweyWest({ ...error, lags: error.lags + 1 })).toHaveLength(1);
    expect(checkDetectable({ ...detectable, perLook: 0.05001 })).toHaveLength(1);
    expect(checkCpcv({ ...cpcv, splits: cpcv.splits.slice(1) })).toHaveLength(1);
  });
});
