import { expect, test } from 'vitest';
import { decode, encode, encodeListed, type WireTrial } from './wire.ts';

const trial: WireTrial = {
  trial_id: '9223372036854775807',
  number: '3',
  state: 4,
  values: [Number.POSITIVE_INFINITY, -0, 5e-324],
  datetime_start: '2026-01-01 00:00:00.000001',
  datetime_complete: '',
  params: { '': 1, __proto__x: 2, ünï: Number.NaN },
  distributions: { '': '{}' },
  user_attributes: { toString: 'NaN' },
  system_attributes: {},
  intermediate_values: { '0': Number.NaN, '9007199254740993': 1, '9223372036854775807': Number.NEGATIVE_INFINITY },
};

test('a trial comes back as it was sent: 64-bit steps, infinities, NaN, any key', () => {
  expect(decode('Trial', encode('Trial', trial))).toEqual(trial);
  const listed = encodeListed(trial);
  expect(decode('OneTrial', listed).trial).toEqual(trial);
});
