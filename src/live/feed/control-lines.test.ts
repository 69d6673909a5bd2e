import { describe, expect, test } from 'vitest';
import {
  type AuthRequest,
  authLine,
  authReplyLine,
  controlLine,
  parseAuthLine,
  parseAuthReply,
  parseControlLine,
  parseSubscription,
  type Subscription,
  subscriptionLines,
} from './control-lines.ts';
import { checkKey, cramAnswer, maskKey } from './cram.ts';
import { createLineReader } from './line-reader.ts';

const key = 'db-FakeKeyForAssayTests000000042';
const answer = '52baf7d002c0434dea0315d19a322375e286904e7a2e178327974fbca4a6bd8e-00042';

describe('the challenge', () => {
  test('is answered as the official client in Python answers it', () => {
    expect(cramAnswer('t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK', key)).toBe(answer);
  });

  test('needs a key of the right form, which no message shows', () => {
    checkKey(key, 'DATABENTO_API_KEY');
    for (const wrong of ['', key.slice(1), `${key} `, 'xx-FakeKeyForAssayTests000000042']) {
      expect(() => checkKey(wrong, 'DATABENTO_API_KEY'), wrong).toThrow(
        expect.objectContaining({ code: 'config_invalid', place: 'DATABENTO_API_KEY', message: expect.not.stringContaining('FakeKey') }),
      );
    }
    expect(maskKey(`no such key: ${key}, ${key}`, key)).toBe('no such key: ****00042, ****00042');
  });
});

describe('the line of authentication', () => {
  const request: AuthRequest = {
    auth: answer,
    dataset: 'GLBX.MDP3',
    tsOut: false,
    compression: 'none',
    heartbeatSeconds: 30,
    slowReader: null,
    client: 'assay/0.1',
  };

  test('is written as the gateway documents it', () => {
    expect(authLine(request)).toBe(
      `auth=${answer}|dataset=GLBX.MDP3|encoding=dbn|ts_out=0|compression=none|heartbeat_interval_s=30|client=assay/0.1\n`,
    );
    expect(authLine({ ...request, tsOut: true, compression: 'zstd', heartbeatSeconds: null, slowReader: 'skip' })).toBe(
      `auth=${answer}|dataset=GLBX.MDP3|encoding=dbn|ts_out=1|compression=zstd|slow_reader_behavior=skip|client=assay/0.1\n`,
    );
  });

  test('is read by its keys, in the order of each official client', () => {
    const read = { ...request, tsOut: true, slowReader: 'warn', client: 'Python/0.88' };
    expect(
      parseAuthLine(
        `auth=${answer}|dataset=GLBX.MDP3|encoding=dbn|ts_out=1|compression=none|heartbeat_interval_s=30|slow_reader_behavior=warn|client=Python/0.88`,
      ),
    ).toEqual(read);
    expect(
      parseAuthLine(
        `auth=${answer}|dataset=GLBX.MDP3|encoding=dbn|compression=none|ts_out=1|client=Python/0.88|heartbeat_interval_s=30|slow_reader_behavior=warn`,
      ),
    ).toEqual(read);
  });

  test.each([
    'dataset=GLBX.MDP3',
    'auth=x',
    'auth=x|dataset=d|ts_out=2',
    'auth=x|dataset=d|encoding=csv',
    'auth=x|dataset=d|compression=gzip',
    'auth=x|dataset=d|heartbeat_interval_s=-1',
  ])('is refused as %s', (line) => expect(() => parseAuthLine(line)).toThrow(expect.objectContaining({ code: 'data_invalid' })));

  test('is answered by an acceptance with an id of any text, or by an error; without `success` the line is the error', () => {
    expect(parseAuthReply('success=1|session_id=135567')).toEqual({ isAccepted: true, sessionId: '135567' });
    expect(parseAuthReply('session_id=a-b|success=1|more=1')).toEqual({ isAccepted: true, sessionId: 'a-b' });
    expect(parseAuthReply('success=0|error=Authentication failed.')).toEqual({ isAccepted: false, error: 'Authentication failed.' });
    expect(parseAuthReply('success=0')).toEqual({ isAccepted: false, error: 'success=0' });
    expect(parseAuthReply('Unknown subscription=1')).toEqual({ isAccepted: false, error: 'Unknown subscription=1' });
    for (const line of ['success=1|session_id=135567\n', 'success=0|error=a b\n'])
      expect(authReplyLine(parseAuthReply(line.trim()))).toBe(line);
  });
});

describe('a subscription', () => {
  const one: Subscription = { schema: 'mbp-1', stypeIn: 'continuous', symbols: ['MNQ.c.0'], start: null, snapshot: false };

  test('is one line, with its start where it has one', () => {
    expect(subscriptionLines(one, 1)).toEqual(['schema=mbp-1|stype_in=continuous|symbols=MNQ.c.0|snapshot=0|id=1|is_last=1\n']);
    expect(subscriptionLines({ ...one, start: 0n }, 7)).toEqual([
      'schema=mbp-1|stype_in=continuous|symbols=MNQ.c.0|snapshot=0|id=7|is_last=1|start=0\n',
    ]);
  });

  test('of 1,201 symbols is three lines of one id, of which the last says so', () => {
    const symbols = Array.from({ length: 1201 }, (_, i) => `S${i}`);
    const parts = subscriptionLines({ ...one, symbols }, 3).map((line) => parseSubscription(line.trim()));
    expect(parts.map((part) => [part.symbols.length, part.isLast, part.id])).toEqual([
      [500, false, 3],
      [500, false, 3],
      [201, true, 3],
    ]);
    expect(parts.flatMap((part) => part.symbols)).toEqual(symbols);
    expect(subscriptionLines({ ...one, symbols: symbols.slice(0, 500) }, 3)).toHaveLength(1);
  });

  test('is read by its keys, with a start in nanoseconds or as a time', () => {
    const started = { ...one, start: 1_704_067_200_123_456_789n, id: 1, isLast: true };
    expect(parseSubscription('start=1704067200123456789|symbols=MNQ.c.0|stype_in=continuous|schema=mbp-1|id=1|is_last=1')).toEqual(started);
    for (const time of ['2024-01-01T00:00:00.123456789', '2024-01-01T00:00:00.123456789Z', '2024-01-01T01:00:00.123456789+01:00'])
      expect(parseSubscription(`schema=mbp-1|stype_in=continuous|symbols=MNQ.c.0|id=1|start=${time}`)).toEqual(started);
  });

  test.each([
    [{ symbols: [] }],
    [{ symbols: ['A,B'] }],
    [{ symbols: ['A|start=0'] }],
    [{ symbols: ['A\nstart_session'] }],
    [{ snapshot: true }],
    [{ schema: 'mbo', snapshot: true, start: 0n }],
  ] satisfies [Partial<Subscription>][])('that cannot be is refused before it is sent (%#)', (wrong) => {
    expect(() => subscriptionLines({ ...one, ...wrong }, 1)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test.each(['schema=mbp-7|symbols=A', 'symbols=A', 'schema=mbo', 'schema=mbo|symbols=A|start=soon', 'schema=mbo|symbols=A|id=x'])(
    '%s is refused',
    (line) => {
      expect(() => parseSubscription(line)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
    },
  );
});

test('a control line keeps what stands behind the first equals sign, and takes no separator in a value', () => {
  expect([...parseControlLine('cram=a=b|start_session|x=')]).toEqual([
    ['cram', 'a=b'],
    ['start_session', ''],
    ['x', ''],
  ]);
  for (const value of ['a|b', 'a\nb', 'a\r'])
    expect(() => controlLine([['dataset', value]])).toThrow(expect.objectContaining({ code: 'usage' }));
});

describe('lines', () => {
  const bytes = Buffer.from('lsg_version=0.7.0\ncram=é\r\nlast\nDBN\n\x03');

  test('are the same wherever the bytes are cut, and what stands behind the last stays as it is', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const reader = createLineReader('test');
      const lines: string[] = [];
      const rest: Uint8Array[] = [];
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)])
        if (lines.at(-1) === 'last') rest.push(piece);
        else
          rest.push(
            reader.push(piece, (line) => {
              lines.push(line);
              return line !== 'last';
            }),
          );
      expect(lines, String(cut)).toEqual(['lsg_version=0.7.0', 'cram=é', 'last']);
      expect(Buffer.concat(rest).toString('latin1'), String(cut)).toBe('DBN\n\x03');
    }
  });

  test('that never end are refused', () => {
    const reader = createLineReader('test');
    const piece = new Uint8Array(40_000).fill(65);
    reader.push(piece, () => true);
    expect(() => reader.push(piece, () => true)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
  });
});
