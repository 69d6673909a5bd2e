import type { VNode } from 'preact';
import { useAnswer } from '../../data/query.ts';
import { ChainMark } from '../../parts/chain-mark.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Time } from '../../parts/value.tsx';
import '../../style/content.css';

/** Every model, what its aliases name, and whether the ledger is intact. */
export default function Models(): VNode {
  const models = useAnswer({ path: '/v1/models', query: { limit: 200 }, everyMs: 10_000 });
  const chain = useAnswer({ path: '/v1/ledger/verify' });
  return (
    <div class="stack">
      <ChainMark report={chain} />
      <Panel
        title="Models"
        answer={models}
        isEmpty={({ total }) => total === 0}
        empty={
          <p>
            Nothing was promoted yet. A trial that passes its gates becomes a version of a model: from the validation page of its study, or
            with <code>assay promote study#n --to model@champion</code>.
          </p>
        }
      >
        {({ items, total }) => (
          <div class="scroll">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col">Aliases</th>
                  <th scope="col" class="right">
                    Versions
                  </th>
                  <th scope="col">Moved</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ name, aliases, versions, createdAt }) => (
                  <tr key={name}>
                    <th scope="row">
                      <a href={`/models/${encodeURIComponent(name)}`}>{name}</a>
                    </th>
                    <td>
                      {aliases.length === 0
                        ? 'none'
                        : aliases.map(({ alias, version, expired, overrides }) => (
                            <span key={alias}>
                              {alias} → {version}
                              {expired && <strong> expired</strong>}
                              {overrides.length > 0 && <strong> override</strong>}{' '}
                            </span>
                          ))}
                    </td>
                    <td class="right number">{versions}</td>
                    <td>
                      <Time
                        of={
                          aliases
                            .map(({ movedAt }) => movedAt)
                            .toSorted()
                            .at(-1) ?? createdAt
                        }
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p class="muted">
              {items.length} of {total}
            </p>
          </div>
        )}
      </Panel>
    </div>
  );
}
