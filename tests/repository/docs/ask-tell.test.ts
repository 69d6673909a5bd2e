import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prunerOf } from '../../../src/search/pruners/index.ts';
import { samplerOf } from '../../../src/search/samplers/index.ts';
import { float } from '../../../src/search/space/builders.ts';
import { compileSpace } from '../../../src/search/space/compile.ts';
import { createAskTell } from '../../../src/search/study/ask-tell.ts';
import { answerLine, requests } from '../../../src/search/study/ask-tell-stream.ts';
import { defaultPruner, defaultSampler } from '../../../src/search/study/define-study.ts';

const page = readFileSync(new URL('../../../docs/ask-tell.md', import.meta.url), 'utf8');

test('docs/ask-tell.md has every op with the fields of its schema', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|([^|]*)\|/gm)].map(([, op, fields]) => [
    op,
    [...fields!.matchAll(/`(\w+)`/g)].map(([, field]) => field),
  ]);
  expect(rows).toEqual(Object.entries(requests).map(([op, { shape }]) => [op, Object.keys(shape).filter((field) => field !== 'op')]));
});

test('the run of docs/ask-tell.md is answered as written', async () => {
  const space = compileSpace({ x: float(-5, 5) });
  const [sampler, pruner] = [samplerOf(defaultSampler()), prunerOf(defaultPruner())];
  const search = createAskTell({ space, directions: ['minimize'], sampler, pruner, seed: 1 });
  const run = [...page.matchAll(/^> (.*)\n< (.*)$/gm)];
  expect(run).toHaveLength(8);
  for (const [, sent, answered] of run) expect(JSON.stringify(await answerLine(sent!, search))).toBe(answered);
});
