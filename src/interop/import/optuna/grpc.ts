import { connectOptuna } from '../../optuna/client.ts';
import { wireStates } from '../../optuna/store/outcome.ts';
import type { WireTrial } from '../../optuna/wire.ts';
import type { ToUtc } from '../../zone.ts';
import { isFinalState, type Source } from './source.ts';

/** A storage of Optuna over gRPC. It answers with all trials of a study at once, so these are in memory during a look. */
export function grpcSource(target: string, toUtc: ToUtc): Source {
  const client = connectOptuna(target);
  return {
    address: `grpc://${target}`,
    view: async (look) => {
      let read: { readonly study: string; readonly trials: readonly WireTrial[] } | null = null;
      const trialsOf = async (study: string): Promise<readonly WireTrial[]> => {
        if (read?.study !== study) {
          const all = await client.call('GetTrials', { study_id: study, included_trial_ids: [], trial_id_greater_than: '-1' });
          read = { study, trials: all.toSorted((a, b) => Number(a.number) - Number(b.number)) };
        }
        return read.trials;
      };
      return look(
        {
          studies: async () => (await client.call('GetAllStudies', {})).studies,
          index: async (study) =>
            (await trialsOf(study)).map(({ trial_id: id, state }) => ({ id: Number(id), isFinal: isFinalState(wireStates[state]!) })),
          trials: async (study, ids) => {
            const wanted = new Set(ids.map(String));
            const found = (await trialsOf(study)).filter(({ trial_id: id }) => wanted.has(id));
            return found.map((trial) => ({
              ...trial,
              datetime_start: toUtc(trial.datetime_start),
              datetime_complete: toUtc(trial.datetime_complete),
            }));
          },
        },
        null,
      );
    },
    close: async () => client.close(),
  };
}
