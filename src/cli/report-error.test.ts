import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Io } from './io.ts';
import { main } from './main.ts';
import { documentOf } from './report-error.ts';

/** Runs one command line in this process, on a data directory that does not exist. */
async function assay(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const sinkTo = (texts: string[]): Io['out'] => ({ write: (text) => void texts.push(text), isTerminal: false, width: () => 80 });
  const code = await main([...argv, '--data-dir', '/nonexistent/assay'], {
    out: sinkTo(out),
    err: sinkTo(err),
    in: new PassThrough(),
    env: {},
  });
  return { code, out: out.join(''), err: err.join('') };
}

test.each([
  ['an error of a command', ['data', 'show', 'nope'], 2, 'not_found'],
  ['an address that is none', ['gate', 'nope'], 2, 'usage'],
  ['an unknown option', ['best', 'nope', '--tpo', '3'], 2, 'usage'],
  ['an argument that is missing', ['best'], 2, 'usage'],
  ['an unknown command', ['bets'], 2, 'usage'],
])('with --json %s is one document on stdout, and lines on stderr', async (_, argv, code, name) => {
  const plain = await assay(...argv);
  expect(plain).toMatchObject({ code, out: '' });
  const json = await assay(...argv, '--json');
  expect(json).toMatchObject({ code, err: plain.err });
  const { error } = JSON.parse(json.out);
  expect(Object.keys(error)).toEqual(['code', 'message', 'place', 'hint']);
  expect(error).toMatchObject({ code: name, hint: expect.any(String) });
  expect(plain.err).toContain(`hint: ${error.hint}`);
});

test('help and version are no errors', async () => {
  expect(await assay('--version', '--json')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});

test.each([
  [['work'], '--study'],
  [['data', 'import'], '--column'],
])('the help of %j shows no default that is empty', async (command, option) => {
  const { out } = await assay(...command, '--help');
  expect(out).toContain(option);
  expect(out).not.toMatch(/\(default:\s+(\[\]|\{\})\)/);
});

test('an error that is not ours is a fault without its stack', () => {
  expect(documentOf(new Error('broken\n    at file.ts:1:1'))).toEqual({
    error: { code: 'internal', message: 'broken', place: null, hint: expect.stringContaining('--log json') },
  });
});
