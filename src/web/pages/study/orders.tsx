import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Answers, read } from '../../data/api.ts';
import { steadyOrder } from '../../data/steady-order.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { ordersFor, type StudyOrder } from './study-orders.ts';

type Detail = Answers['/v1/studies/{}'];

const looks: Readonly<Record<StudyOrder, { readonly word: string; readonly icon: IconName; readonly what: (detail: Detail) => string }>> = {
  pause: { word: 'Pause', icon: 'pause', what: () => 'No new trials begin; the running ones go on, and workers wait. It can be resumed.' },
  resume: { word: 'Resume', icon: 'play', what: () => 'It goes on: new trials begin.' },
  stop: {
    word: 'Stop',
    icon: 'stop',
    what: () => 'The running trials finish and the study ends; trials that wait are cancelled. It can be resumed.',
  },
  cancel: {
    word: 'Cancel',
    icon: 'cancel',
    what: ({ counts }) =>
      `The ${counts.running} running trials end as cancelled, too, and what they have computed is lost. The study can be resumed, those trials cannot.`,
  },
};

/** The orders that make sense now; each asks before it is sent. */
export function Orders({ name, detail }: { readonly name: string; readonly detail: Detail }): VNode | null {
  const [asked, setAsked] = useState<{ readonly order: StudyOrder; readonly seen: Detail } | null>(null);
  const possible = ordersFor(detail);
  if (possible.length === 0 && asked === null) return null;
  return (
    <div class="orders">
      {possible.map((each) => (
        <button key={each} type="button" onClick={() => setAsked({ order: each, seen: detail })}>
          <Icon name={looks[each].icon} /> {looks[each].word}
        </button>
      ))}
      <Confirm
        title={asked === null ? '' : `${looks[asked.order].word} ${name}?`}
        open={asked !== null}
        onClose={() => setAsked(null)}
        action={asked === null ? '' : `${looks[asked.order].word} ${name}`}
        danger={asked?.order === 'cancel'}
        onConfirm={() => carryOut(name, asked!.order, asked!.seen)}
      >
        <p>{asked === null ? '' : looks[asked.order].what(asked.seen)}</p>
      </Confirm>
    </div>
  );
}

/** Sends an order, unless somebody else has ordered something since the person asked for it. @throws Problem */
async function carryOut(name: string, wanted: StudyOrder, seen: Pick<Detail, 'desiredState' | 'revision'>): Promise<void> {
  await steadyOrder({
    study: name,
    tail: wanted,
    seen: seen.revision,
    changed: async () => {
      const { desiredState } = await read('/v1/studies/{}', [name]);
      return desiredState === seen.desiredState ? null : `somebody else has ordered ${name} to be ${desiredState} in the meantime`;
    },
  });
}
