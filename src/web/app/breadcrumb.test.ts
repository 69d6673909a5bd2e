import { expect, test } from 'vitest';
import { breadcrumb } from './breadcrumb.ts';
import { goal } from './go-to.ts';

test.each([
  ['/', 'Studies'],
  ['/studies/nvda.2', 'Studies@/ > nvda.2'],
  ['/studies/trials/trials/3', 'Studies@/ > trials@/studies/trials > Trials@/studies/trials/trials > #3'],
  ['/models/compare', 'Models@/models > compare'],
  ['/studies/%E0%A4%A', 'Studies@/ > %E0%A4%A'],
])('the way to %s is %s', (path, way) => {
  const crumbs = breadcrumb(path).map(({ text, href }) => (href === null ? text : `${text}@${href}`));
  expect(crumbs.join(' > ')).toBe(way);
});

test.each([
  ['nvda-msft', '/studies/nvda-msft'],
  [' nvda-msft#42 ', '/studies/nvda-msft/trials/42'],
  ['pairs@champion', '/models/pairs'],
  ['pairs@3', '/models/pairs?version=3'],
  ['Not A Name', null],
  ['a#b', null],
  ['', null],
])('%j leads to %s', (text, address) => expect(goal(text)).toBe(address));
