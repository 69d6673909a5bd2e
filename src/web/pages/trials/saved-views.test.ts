import { expect, test } from 'vitest';
import { readViews, viewQuery, withView } from './saved-views.ts';

test('a view is the address without what is selected or open', () => {
  expect(viewQuery(new URLSearchParams('where=x%3E1&sel=1,2&open=4&sort=-value&brush=a'))).toBe('where=x%3E1&sort=-value');
});

test('a name stands for one view, the newest; views are in the order of their names', () => {
  const first = withView([], { name: 'good', query: 'a=1' });
  const second = withView(first, { name: 'bad', query: '' });
  expect(withView(second, { name: 'good', query: 'a=2' })).toEqual([
    { name: 'bad', query: '' },
    { name: 'good', query: 'a=2' },
  ]);
});

test('what was not kept by this page is no view', () => {
  const good = { name: 'n', query: 'q=1' };
  expect(readViews(JSON.stringify([good]))).toEqual([good]);
  for (const text of [null, '', '{', '7', 'null', '{"name":"n"}', '[null,7,{"name":"","query":""},{"name":"n"}]'])
    expect(readViews(text)).toEqual([]);
});
