import { expect, test } from 'vitest';
import { authLine } from '../feed/control-lines.ts';
import { cramAnswer } from '../feed/cram.ts';
import { createGatewaySession } from './session.ts';

const key = 'db-FakeKeyForAssayTests000000042';
const terms = { key, dataset: 'GLBX.MDP3', challenge: 'c1', sessionId: '7' };
const auth = (challenge = 'c1', dataset = 'GLBX.MDP3'): string =>
  authLine({
    auth: cramAnswer(challenge, key),
    dataset,
    tsOut: true,
    compression: 'none',
    heartbeatSeconds: 5,
    slowReader: null,
    client: 'x',
  }).trim();
const subscription = 'schema=trades|stype_in=raw_symbol|symbols=MNQH4|snapshot=0|id=1|is_last=1';

const kinds = (...lines: readonly string[]): readonly string[] => {
  const session = createGatewaySession(terms);
  return lines.flatMap((line) => session.take(line).map((step) => (step.kind === 'send' ? step.text.trim() : step.kind)));
};

test('a client is challenged, accepted, subscribes and starts; it may subscribe to more', () => {
  expect(createGatewaySession(terms).greeting).toBe('lsg_version=0.7.0\ncram=c1\n');
  for (const start of ['start_session', 'start_session=0'])
    expect(kinds(auth(), subscription, start, subscription)).toEqual(['success=1|session_id=7', 'subscribe', 'start', 'subscribe']);
});

test.each([
  ['a subscription before the authentication', [subscription], ['close']],
  ['a start before the authentication', ['start_session'], ['close']],
  ['a second authentication', [auth(), auth()], ['success=1|session_id=7', 'close']],
  ['a second start', [auth(), 'start_session', 'start_session=0'], ['success=1|session_id=7', 'start', 'close']],
  ['an answer to another challenge', [auth('c2')], ['success=0|error=Authentication failed.', 'close']],
  ['another data set', [auth('c1', 'XNAS.ITCH')], ['success=0|error=Unknown dataset.', 'close']],
  ['a wrong request', ['auth=x'], ['success=0|error=Bad request.', 'close']],
  ['a wrong subscription', [auth(), 'schema=mbp-7|symbols=A'], ['success=1|session_id=7', 'refuse']],
  ['a snapshot with a start', [auth(), 'schema=mbo|symbols=A|snapshot=1|start=0'], ['success=1|session_id=7', 'refuse']],
])('%s is refused', (_, lines, steps) => {
  expect(kinds(...lines)).toEqual(steps);
});
