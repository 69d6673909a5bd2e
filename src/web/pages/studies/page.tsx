import type { VNode } from 'preact';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';

/** The studies of this server, the newest first. */
export default function Studies(): VNode {
  const answer = useAnswer({ path: '/v1/studies', query: { limit: 50 }, everyMs: 10_000 });
  return (
    <Panel title="Studies" answer={answer} isEmpty={({ total }) => total === 0} empty={<p>There is no study yet.</p>}>
      {({ items, total }) => (
        <>
          <ul>
            {items.map(({ name, state }) => (
              <li key={name}>
                <a href={`/studies/${name}`}>{name}</a> {state}
              </li>
            ))}
          </ul>
          <p class="muted">
            {items.length} of {total}
          </p>
        </>
      )}
    </Panel>
  );
}
