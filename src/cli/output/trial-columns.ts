import type { TrialItem } from '../../storage/readers/trial-item.ts';
import { formatDuration, formatNumber, formatParams } from './format.ts';
import type { Column } from './table.ts';

/** How a list of trials looks. */
export const trialColumns: readonly Column<TrialItem>[] = [
  { title: 'trial', cell: (trial) => trial.address },
  { title: 'state', cell: (trial) => trial.state },
  { title: 'value', cell: (trial) => formatNumber(trial.value ?? trial.lastReport?.value), align: 'right' },
  { title: 'step', cell: (trial) => String(trial.lastReport?.step ?? '-'), align: 'right' },
  { title: 'took', cell: (trial) => formatDuration(trial.durationMs), align: 'right' },
  { title: 'params', cell: (trial) => formatParams(trial.params) },
  { title: 'why', cell: (trial) => trial.reason ?? trial.error?.message ?? trial.cancelledBy ?? '' },
];
