import { expect, test } from 'vitest';
import { outlookOf } from '../../runner/plan/outlook.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { sayPower } from './plan-lines.ts';

test('what the days of a plan can show is one line, for other folds and without the gate too', async () => {
  const plan = (policy: string, scheme: string | null) =>
    outlookOf({
      study: 'quickstart-planted',
      policies: [loadGatePolicy(policy)],
      scheme,
      trials: 24,
      evidence: { steps: 23_400, days: 60, folds: 4 },
      ahead: null,
      models: 3,
      seeds: 3,
    });
  expect(sayPower(await plan('default', null))).toBe(
    '60 days can show a true Sharpe ratio from 0.524 a day, 8.3 a year, with 80 % power at level 0.005 over 3 looks',
  );
  expect(sayPower(await plan('default', 'cpcv:6,2'))).toContain("nothing by itself: the folds of cpcv:6,2 are not the study's own");
  expect(sayPower(await plan('dual-ticker', null))).toContain('unknown: the gate policy dual-ticker does not ask for evidence');
});
