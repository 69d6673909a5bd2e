import { expect, test } from 'vitest';
import { usEquities } from '../market/calendars/us-equities.ts';
import { minuteMs } from '../market/local-time.ts';
import { defineFeatureSet } from './own-set.ts';
import { startFeatures } from './stream.ts';

test('a feature that is not finite is refused after the warm-up, also by a feed that was restored', () => {
  const set = defineFeatureSet({
    id: 'logs@1',
    features: ['log'],
    warmUpBars: 2,
    start: () => ({
      push: (bar, out) => {
        out[0] = Math.log(bar.close[0]!);
      },
    }),
  });
  const market = { symbols: ['A'], barMs: minuteMs, calendar: usEquities };
  const { openMs } = usEquities.sessionOf('2023-11-27')!;
  const bar = (close: number) => [{ open: close, high: close, low: close, close, volume: 1 }];
  const feed = startFeatures(set, market);
  expect([...feed.push(openMs, bar(0))]).toEqual([Number.NEGATIVE_INFINITY]);
  feed.push(openMs + minuteMs, bar(1));
  const refused = expect.objectContaining({ code: 'not_finite', message: 'the feature A.log is -Infinity' });
  const restored = startFeatures(set, market, { state: feed.save() });
  for (const one of [feed, restored]) expect(() => one.push(openMs + 2 * minuteMs, bar(0))).toThrow(refused);
});
