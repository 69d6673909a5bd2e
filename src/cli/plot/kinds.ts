import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { Equity } from '../../api/routes/charts/equity.ts';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import type { ImportanceChart } from '../../api/routes/charts/importance.ts';
import { AssayError } from '../../core/errors.ts';
import type { Chart } from '../../plot/chart.ts';
import type { StudyItem } from '../../storage/readers/study-item.ts';
import type { Answers } from './answers.ts';
import type { PlotAsked, PlotKind } from './asked.ts';
import { curvesOf } from './curves.ts';
import { equityOf } from './equity.ts';
import { historyOf } from './history.ts';
import { importanceOf } from './importance.ts';

/** @throws AssayError `not_found` where there is nothing to draw yet */
export async function chartOf(kind: PlotKind, asked: PlotAsked, answers: Answers): Promise<Chart> {
  const { study, metric, objective } = asked;
  const path = `/v1/studies/${encodeURIComponent(study)}`;
  const read = async <Answer>(address: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<Answer> => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return (await answers(`${path}${address}?${new URLSearchParams(given).toString()}`)) as Answer;
  };
  switch (kind) {
    case 'history': {
      const chart = await read<HistoryChart>('/charts/history', { metric, objective, x: asked.x });
      if (chart.best.number.length === 0)
        throw nothing(study, 'no trial of it is complete yet', `assay run works on it, and assay study show ${study} says how far it is`);
      return historyOf(study, chart, asked.y === 'log');
    }
    case 'importance': {
      const chart = await read<ImportanceChart>('/charts/importance', { objective });
      if (chart.trialsUsed === 0)
        throw nothing(study, 'no trial of it is complete yet', `assay run works on it, and assay study show ${study} says how far it is`);
      return importanceOf(study, chart);
    }
    case 'curves': {
      const chart = await read<CurvesChart>('/charts/curves', { metric, objective });
      if (chart.used === 0)
        throw nothing(study, 'no trial of it has reported a value', 'curves are of objectives that call report(step, value)');
      return curvesOf(study, chart);
    }
    case 'equity': {
      const number = asked.trial ?? (await bestOf(read));
      if (number === null) throw nothing(study, 'no trial of it is complete yet', `name a trial: assay plot '${study}#0' equity`);
      const equity = await read<Equity>(`/trials/${number}/validation/equity`);
      if (equity.folds.length === 0)
        throw nothing(
          equity.address,
          'it has no walk-forward',
          `assay validate '${equity.address}' evaluates it on later folds; name another trial as '${study}#<n>'`,
        );
      return equityOf(equity);
    }
  }
}

async function bestOf(read: <Answer>(address: string) => Promise<Answer>): Promise<number | null> {
  const { bestAddress } = await read<Pick<StudyItem, 'bestAddress'>>('');
  return bestAddress === null ? null : Number(bestAddress.slice(bestAddress.lastIndexOf('#') + 1));
}

const nothing = (place: string, message: string, hint: string): AssayError =>
  new AssayError('not_found', `there is nothing to draw: ${message}`, { place, hint });
