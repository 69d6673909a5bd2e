import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { readMessage } from './messages.ts';

const types = [
  'ready',
  'report',
  'checkpoint',
  'alive',
  'trained',
  'stopped',
  'error',
  'loaded',
  'dropped',
  'act',
  'positions',
  'toString',
  '__proto__',
];

test('whatever a trainer says is a message or is refused by its code', () => {
  const said = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        type: fc.constantFrom(...types),
        id: fc.jsonValue(),
        i: fc.jsonValue(),
        weights: fc.jsonValue(),
        step: fc.jsonValue(),
        policy: fc.jsonValue(),
        metrics: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    ),
  );
  fc.assert(
    fc.property(said, (value) => {
      try {
        expect(types).toContain(readMessage(value).type);
      } catch (error) {
        expect(error).toBeInstanceOf(AssayError);
        expect((error as AssayError).code).toBe('trainer_invalid');
      }
    }),
  );
});

test.each(['value', 'returns', 'dailyReturns', 'stepReturns', 'sharpe'])(
  'a trainer that tells its own %s is told who measures',
  (field) => {
    const report = { type: 'report', id: 1, step: 1, policy: 'p', [field]: 3 };
    expect(() => readMessage(report)).toThrow(`told its own ${field} in a message report`);
    expect(readMessage({ type: 'report', id: 1, step: 1, policy: 'p', metrics: { [field]: 3 } })).toMatchObject({
      metrics: { [field]: 3 },
    });
  },
);
