import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, duration } from '../../../plot/format.ts';
import { lastPlace } from '../../charts/history.ts';
import type { ItemOf } from '../../data/list.ts';
import { useAnswer } from '../../data/query.ts';
import { CountsBar } from '../../parts/counts-bar.tsx';
import type { Column } from '../../parts/grid.tsx';
import { stepPath } from '../../parts/sparkline.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time, Value } from '../../parts/value.tsx';

type Study = ItemOf<'/v1/studies'>;

export const studyColumns: readonly Column<Study>[] = [
  { id: 'name', title: 'Study', width: 240, sort: 'name', cell: ({ name }) => <a href={`/studies/${encodeURIComponent(name)}`}>{name}</a> },
  { id: 'state', title: 'State', width: 104, cell: ({ state }) => <StateMark state={state} /> },
  {
    id: 'best',
    title: 'Best',
    width: 96,
    number: true,
    cell: ({ best, nonFinite }) => <Value of={best} nonFinite={nonFinite?.['best']} />,
  },
  { id: 'trial', title: 'Best trial', width: 88, cell: ({ bestAddress }) => <BestTrial address={bestAddress} /> },
  {
    id: 'history',
    title: 'Best so far',
    width: 116,
    cell: ({ name, revision }) => <Sparkline key={name} study={name} revision={revision} />,
  },
  { id: 'counts', title: 'Trials', width: 280, sort: 'trials', cell: ({ counts }) => <CountsBar counts={counts} /> },
  { id: 'budget', title: 'Budget', width: 80, number: true, cell: ({ budget }) => count(budget.trials) },
  { id: 'rate', title: 'Per hour', width: 80, number: true, cell: ({ trialsPerHour }) => <Value of={trialsPerHour} /> },
  { id: 'eta', title: 'Time left', width: 104, number: true, cell: ({ etaMs }) => duration(etaMs) },
  { id: 'updated', title: 'Changed', width: 104, sort: 'updated', cell: ({ updatedAt }) => <Time of={updatedAt} /> },
];

function BestTrial({ address }: { readonly address: string | null }): VNode {
  const [study, number] = address?.split('#') ?? [];
  if (study === undefined || number === undefined) return <>–</>;
  return (
    <a class="number" href={`/studies/${encodeURIComponent(study)}/trials/${number}`} aria-label={`Trial ${number} of ${study}`}>
      #{number}
    </a>
  );
}

const [width, height] = [100, 20];

/** The best so far over the trials; asked for once the row is in sight, and again when the study has changed. */
function Sparkline({ study, revision }: { readonly study: string; readonly revision: number }): VNode {
  const box = useRef<SVGSVGElement>(null);
  const [seen, setSeen] = useState(false);
  const chart = useAnswer({ path: '/v1/studies/{}/charts/history', parts: [study], query: { maxPoints: 100 }, enabled: seen });
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry!.isIntersecting && setSeen(true));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const { data, refetch } = chart.value;
  const known = data?.revision;
  useEffect(() => {
    if (seen && known !== undefined && known < revision) void refetch();
  }, [seen, known, revision]);
  return (
    <svg ref={box} class="sparkline" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {data !== undefined && <path d={stepPath(data.best.x, data.best.y, lastPlace(data), width, height)} />}
    </svg>
  );
}
