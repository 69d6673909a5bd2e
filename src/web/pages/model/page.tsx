import type { VNode } from 'preact';
import { utc } from '../../../plot/format.ts';
import type { PageProps } from '../../app/routes.ts';
import { Notes } from '../../charts/notes.tsx';
import { defineCodec, number, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { ChainMark } from '../../parts/chain-mark.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Panel } from '../../parts/panel.tsx';
import { trialHref } from '../../parts/trial-href.ts';
import { Time } from '../../parts/value.tsx';
import { Board } from './board.tsx';
import { Ledger } from './ledger.tsx';
import { Record } from './record.tsx';
import '../../style/content.css';
import './model.css';

const codec = defineCodec({ record: number({ whole: true, low: 1 }), cursor: text() });

/** A model: what its aliases name and why, every version, and every decision on it. */
export default function Model({ params }: PageProps): VNode {
  const model = params['model']!;
  const { view, notes, change } = useView(codec);
  const detail = useAnswer({ path: '/v1/models/{}', parts: [model], everyMs: 10_000 });
  const board = useAnswer({ path: '/v1/models/{}/board', parts: [model], everyMs: 10_000 });
  const history = useAnswer({ path: '/v1/models/{}/history', parts: [model], query: { limit: 200, cursor: view.cursor } });
  // Once a page: it reads every record of the ledger.
  const chain = useAnswer({ path: '/v1/ledger/verify', query: { model } });
  return (
    <div class="stack">
      <Notes notes={notes} />
      <ChainMark report={chain} />
      <Panel title="Aliases" answer={board} isEmpty={({ columns }) => columns.length === 0} empty={<Never model={model} />}>
        {(answer) => <Board board={answer} />}
      </Panel>
      <Panel title="Ledger" answer={history}>
        {(answer) => (
          <Ledger
            page={answer}
            model={model}
            onOpen={(record) => change({ record })}
            onOlder={(cursor) => change({ cursor })}
            first={view.cursor === ''}
          />
        )}
      </Panel>
      <Panel title="Versions" answer={detail} isEmpty={({ versions }) => versions.length === 0} empty={<Never model={model} />}>
        {({ versions }) => (
          <div class="scroll">
            <table class="plain">
              <thead>
                <tr>
                  {['Version', 'Trial', 'Aliases', 'Made', 'Expires', 'Policy', 'Files'].map((title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {versions.map(({ address, version, trial, aliases, createdAt, expiresAt, expired, overrides, policyHash }) => {
                  const files = `/v1/models/${encodeURIComponent(model)}/versions/${version}`;
                  return (
                    <tr key={version}>
                      <th scope="row">{address}</th>
                      <td>
                        <a href={trialHref(trial)}>{trial}</a>
                      </td>
                      <td>{aliases.join(', ') || 'none'}</td>
                      <td>
                        <Time of={createdAt} />
                      </td>
                      <td>
                        {expired ? <strong>expired </strong> : ''}
                        {expiresAt === null ? '–' : utc(expiresAt).slice(0, 10)}
                        {overrides.length > 0 && <strong> override</strong>}
                      </td>
                      <td>
                        <code title={policyHash}>{policyHash.slice(0, 8)}</code>
                      </td>
                      <td>
                        <a href={`${files}/card.html`} target="_blank" rel="noreferrer">
                          card
                        </a>{' '}
                        <a href={`${files}/policy.onnx`} download>
                          ONNX
                        </a>{' '}
                        <a href={`${files}/evidence.bundle`} download>
                          evidence
                        </a>
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      <Dialog title={`Record ${view.record ?? ''}`} open={view.record !== null} onClose={() => change({ record: null })} place="side">
        {view.record !== null && <Record model={model} sequence={view.record} chain={chain} />}
      </Dialog>
    </div>
  );
}

function Never({ model }: { readonly model: string }): VNode {
  return <p>{model} was never promoted; the ledger says why.</p>;
}
