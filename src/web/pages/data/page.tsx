import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { count } from '../../../plot/format.ts';
import { useKeys } from '../../app/keys.ts';
import type { Answers } from '../../data/api.ts';
import { defineCodec, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { FilterField, Notes } from '../../parts/filter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import './data.css';

type DataSet = Answers['/v1/data']['items'][number];

const codec = defineCodec({ q: text() });

/** The data sets of this server and those that studies have read: which content, which range, what its check found, who read it. */
export default function Data(): VNode {
  const { view, notes, change } = useView(codec);
  const answer = useAnswer({ path: '/v1/data', query: { q: view.q } });
  const filter = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => filter.current?.focus() });
  return (
    <>
      <Notes notes={notes} />
      <div class="tools">
        <FilterField label="Name" input={filter} value={view.q} placeholder="part of the name" onChange={(q) => change({ q })} />
      </div>
      <Panel
        title="All data sets"
        answer={answer}
        isEmpty={({ items }) => items.length === 0 && view.q === ''}
        empty={
          <p>
            There is no data set yet. <code>npx assay data import &lt;files&gt; --name demo</code> reads your bars;{' '}
            <code>npx assay data generate planted --name demo --seed 1</code> makes some.
          </p>
        }
      >
        {({ items }) => {
          if (items.length === 0) return <p>No data set has this in its name.</p>;
          return (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys */}
              <section class="wide" tabIndex={0} aria-label="Data sets, scrolls sideways">
                <table class="data-sets">
                  <thead>
                    <tr>
                      <th scope="col">Name</th>
                      <th scope="col">Content</th>
                      <th scope="col">Symbols</th>
                      <th scope="col">From</th>
                      <th scope="col">Until</th>
                      <th scope="col" class="right">
                        Sessions
                      </th>
                      <th scope="col" class="right">
                        Rows
                      </th>
                      <th scope="col">Quality</th>
                      <th scope="col">Read by</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((set) => (
                      <Row key={`${set.name} ${set.hash}`} set={set} />
                    ))}
                  </tbody>
                </table>
              </section>
              <p class="muted list-foot">
                <span class="number">
                  {items.length} {items.length === 1 ? 'set' : 'sets'}
                </span>
              </p>
            </>
          );
        }}
      </Panel>
    </>
  );
}

function Row({ set }: { readonly set: DataSet }): VNode {
  const { name, hash, here, symbols, origin, range, sessions, bars, quality, readers } = set;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number" title={`SHA-256 ${hash}`}>
        {hash.slice(0, 8)} <span class="muted">{origin}</span>
      </td>
      {here ? (
        <>
          <td title={symbols.join(', ')}>
            {symbols.slice(0, 4).join(', ')}
            {symbols.length > 4 && ` and ${symbols.length - 4} more`}
          </td>
          <td class="number">{range?.from.slice(0, 10) ?? '–'}</td>
          <td class="number">{range?.until.slice(0, 10) ?? '–'}</td>
          <td class="number right">{count(sessions)}</td>
          <td class="number right">{count(bars)}</td>
          <td>
            <Quality quality={quality} />
          </td>
        </>
      ) : (
        <td colSpan={6}>
          <StateMark state="warn" word="this content is not in the data directory of the server" />
        </td>
      )}
      <td>
        {readers.length === 0 && <span class="muted">nobody</span>}
        <ul class="readers">
          {readers.map(({ study, trials, validated }) => (
            <li key={study}>
              <a href={`/studies/${encodeURIComponent(study)}`}>{study}</a>{' '}
              <span class="muted">
                {count(trials)} trials{validated > 0 && `, ${count(validated)} validated`}
              </span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

/** What the check of the bars counted; `pass` only where it counted nothing. */
function Quality({ quality }: Pick<DataSet, 'quality'>): VNode {
  if (quality === null) return <>–</>;
  const { missingBars, missingSessions, faults } = quality;
  if (missingBars === 0 && (missingSessions ?? 0) === 0 && faults.length === 0) return <StateMark state="pass" word="nothing found" />;
  return (
    <ul class="readers">
      {missingBars > 0 && <li>{count(missingBars)} bars missing</li>}
      {missingSessions !== null && missingSessions > 0 && <li>{count(missingSessions)} sessions missing</li>}
      {faults.map(({ symbol, kind, count: n }) => (
        <li key={`${symbol} ${kind}`}>
          {symbol}: <span class="number">{count(n)}</span> {faultWords[kind] ?? kind}
        </li>
      ))}
    </ul>
  );
}

/** Kinds of faults as people read them. */
const faultWords: Readonly<Record<string, string>> = {
  duplicates: 'duplicates',
  outOfOrder: 'out of order',
  outsideSession: 'outside the session',
  badOhlc: 'with impossible prices',
  badVolume: 'with an impossible volume',
  jumps: 'jumps',
  huge: 'beyond belief',
};
