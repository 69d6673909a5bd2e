import type { Layout } from './layout.ts';

export const pandas: Layout = {
  id: 'pandas',
  title: 'pandas: a data frame with two levels of columns, saved with the levels as tuples',
  source: 'pandas documentation, MultiIndex.to_flat_index: each header is the tuple of its levels, field and symbol in either order',
  example: [
    `Datetime,"('Open', 'NVDA')","('High', 'NVDA')","('Low', 'NVDA')","('Close', 'NVDA')","('Volume', 'NVDA')"`,
    '2024-01-03 14:30:00+00:00,474.85,476.2,474.03,475.69,1713820',
  ],
  zone: null,
  stamp: 'start',
  order: 'ascending',
};
