import type { VNode } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { countOf } from '../../../plot/format.ts';
import { useKeys } from '../../app/keys.ts';
import type { PageProps } from '../../app/routes.ts';
import { brushFilter, brushOf } from '../../charts/brush.ts';
import { brushedFields, ParallelPanel } from '../../charts/parallel-panel.tsx';
import { defineCodec, list, number, text } from '../../data/codec.ts';
import { type Changes, useChanges } from '../../data/events.ts';
import { type RowChange, useList } from '../../data/list.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { trialStates } from '../../parts/counts-bar.tsx';
import { FilterField, Notes } from '../../parts/filter.tsx';
import { Grid } from '../../parts/grid.tsx';
import { ProblemNote } from '../../parts/panel.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { offeredColumns, type Trial } from './columns.tsx';
import { TrialAside } from './detail.tsx';
import { merged, unseen } from './merge.ts';
import { SavedViews } from './saved-views.tsx';
import { StateFilter } from './state-filter.tsx';
import './trials.css';

const codec = defineCodec({
  state: list(trialStates),
  where: text(),
  sort: text('-number'),
  cols: list(),
  sel: list(),
  brush: list(),
  open: number({ whole: true, low: 0 }),
});

/** The trials of a study: filtered and sorted by the server, read as far as a person scrolls, renewed in place as they change. */
export default function Trials({ params }: PageProps): VNode {
  const study = params['study']!;
  const { view, notes, change } = useView(codec);
  const detail = useAnswer({ path: '/v1/studies/{}', parts: [study] }).value;
  const [hovered, setHovered] = useState<number | null>(null);
  const chartStates = view.state.filter((state) => state !== 'queued');
  const parallel = useAnswer({ path: '/v1/studies/{}/charts/parallel', parts: [study], query: { states: chartStates, where: view.where } });
  // Labels of choices come with the chart: until then a brush filters nothing.
  const brushed = brushFilter(brushedFields(parallel.value.data), parallel.value.data === undefined ? {} : brushOf(view.brush));
  const where = [view.where, brushed].filter((part) => part !== '').join(' and ');
  const trials = useList('/v1/studies/{}/trials', [study], { state: view.state, where, sort: view.sort, limit: 50 });
  const fresh = useFresh(study, trials.rows, trials.patch, trials.of);
  const filter = useRef<HTMLInputElement>(null);
  const { rows, total, problem } = trials;

  const step = (by: number): void => {
    const at = rows.findIndex((row) => row.number === view.open);
    const next = rows[at + by];
    if (at >= 0 && next !== undefined) change({ open: next.number });
  };
  useKeys({ '/': () => filter.current?.focus(), '[': () => step(-1), ']': () => step(1) });
  const more = useCallback(() => trials.more(), [trials.of, rows.length]);

  const space = detail.data?.space ?? {};
  const objectives = detail.data?.objectives?.map(({ name }) => name) ?? [];
  const offered = offeredColumns(study, { space, objectives, replicated: detail.data?.replicates !== undefined }, rows);
  const ids = view.cols.length === 0 ? offered.usual : view.cols;
  const columns = ids.flatMap((id) => offered.all.find((column) => column.id === id) ?? []);
  const selected = new Set<string | number>(view.sel.map(Number));
  const select = ({ number: at }: Trial): void => {
    const next = selected.has(at) ? view.sel.filter((other) => Number(other) !== at) : [...view.sel, String(at)];
    change({ sel: next });
  };
  const isRefused = problem !== null && problem.status === 400;
  if (detail.error?.status === 404) return <ProblemNote problem={detail.error} again={() => void detail.refetch()} />;
  return (
    <>
      <Notes notes={notes} />
      <div class="tools">
        <StateFilter counts={detail.data?.counts} chosen={view.state} onChange={(state) => change({ state })} />
        <FilterField
          label="Where"
          input={filter}
          value={view.where}
          placeholder="value>0.5 and lr<1e-3"
          onChange={(where) => change({ where })}
          fault={isRefused && view.where !== '' ? `${problem.message}. ${problem.hint}` : undefined}
        />
        <ColumnChoice offered={offered.all} shown={ids} onChange={(cols) => change({ cols })} />
        <SavedViews study={study} />
        {fresh.n > 0 && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              fresh.clear();
              trials.again();
            }}
          >
            {fresh.n === 1 ? '1 new trial' : `${fresh.n} new trials`}
          </button>
        )}
      </div>
      {problem !== null && !(isRefused && view.where !== '') && <ProblemNote problem={problem} again={trials.again} />}
      <ParallelPanel
        answer={parallel}
        brush={view.brush}
        onBrush={(brush) => change({ brush })}
        selected={new Set(view.sel.map(Number))}
        marked={hovered}
        onOpen={(open) => change({ open })}
      />
      <div class={view.open === null ? 'trials-body' : 'trials-body has-aside'}>
        <section aria-label="Trials" aria-busy={trials.loading}>
          {trials.of === null && problem === null && <div class="panel-skeleton" role="status" aria-label="The trials are loading" />}
          {trials.of !== null && total === 0 && (
            <Nothing filtered={where !== '' || view.state.length > 0} onClear={() => change({ where: '', state: [], brush: [] })} />
          )}
          {rows.length > 0 && (
            <Grid
              label={`Trials of ${study}`}
              columns={columns}
              rows={rows}
              total={total}
              keyOf={({ number: at }) => at}
              sort={view.sort}
              onSort={(sort) => change({ sort })}
              onOpen={({ number: at }) => change({ open: at })}
              openKey={view.open}
              selected={selected}
              onSelect={select}
              onHover={(row) => setHovered(row?.number ?? null)}
              onEnd={more}
            />
          )}
          {rows.length > 0 && (
            <p class="muted list-foot">
              <span class="number">
                {countOf(rows.length, total, 'trials')}
                {trials.atLeast && ' or more'}
              </span>
              {trials.loading && <span>loading</span>}
              {selected.size > 0 && (
                <span>
                  {selected.size} selected{' '}
                  <button type="button" class="as-link" onClick={() => change({ sel: [] })}>
                    none
                  </button>
                </span>
              )}
            </p>
          )}
        </section>
        {view.open !== null && <TrialAside study={study} number={view.open} onClose={() => change({ open: null })} />}
      </div>
    </>
  );
}

function Nothing({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }): VNode {
  if (!filtered)
    return (
      <p>
        No trial has been asked for yet. <code>npx assay run</code> with the study's file starts workers.
      </p>
    );
  return (
    <p>
      No trial fits.{' '}
      <button type="button" onClick={onClear}>
        Show all
      </button>
    </p>
  );
}

/** Renews changed rows in place and counts trials that are not among them, until the list is read again. */
function useFresh(study: string, rows: readonly Trial[], patch: (change: RowChange<Trial>) => void, of: string | null) {
  const [, drawFor] = useState(0);
  const seen = useRef({ counted: new Set<number>(), known: 0 });
  const present = useRef(rows);
  present.current = rows;
  const clear = useCallback((): void => {
    seen.current = {
      counted: new Set(),
      known: Math.max(seen.current.known, ...[...seen.current.counted].map((number) => number + 1)),
    };
    drawFor(0);
  }, []);
  useEffect(clear, [of, clear]);
  for (const { number } of rows) {
    seen.current.known = Math.max(seen.current.known, number + 1);
    // Its row was on its way when it was counted.
    seen.current.counted.delete(number);
  }
  const hear = useCallback(
    ({ trials }: Changes): void => {
      patch((last, onTheirWay) => merged(last, trials, onTheirWay));
      for (const number of unseen(present.current, trials, seen.current.counted, seen.current.known)) seen.current.counted.add(number);
      drawFor(seen.current.counted.size);
    },
    [patch],
  );
  useChanges(study, hear);
  return { n: seen.current.counted.size, clear };
}
