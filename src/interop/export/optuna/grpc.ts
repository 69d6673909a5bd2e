import { connectOptuna } from '../../optuna/client.ts';
import type { OptunaSink } from './sink.ts';

/**
 * A running storage of Optuna. What was written is deleted there if the export fails.
 * @param fromUtc turns times in UTC into those of the zone in which Optuna will read them
 */
export function grpcSink(target: string, fromUtc: (time: string) => string): OptunaSink {
  const client = connectOptuna(target);
  let id: string | null = null;
  const begun = (): string => {
    if (id === null) throw new Error('a study is to begin first');
    return id;
  };
  return {
    begin: async ({ study_name, directions, user_attributes: user, system_attributes: system }) => {
      ({ study_id: id } = await client.call('CreateNewStudy', { study_name, directions }));
      for (const [key, value] of Object.entries(user)) await client.call('SetStudyUserAttribute', { study_id: id, key, value });
      for (const [key, value] of Object.entries(system)) await client.call('SetStudySystemAttribute', { study_id: id, key, value });
    },
    write: async (trials) => {
      for (const trial of trials)
        await client.call('CreateNewTrial', {
          study_id: begun(),
          template_trial_is_none: false,
          template_trial: {
            ...trial,
            datetime_start: fromUtc(trial.datetime_start),
            datetime_complete: fromUtc(trial.datetime_complete),
          },
        });
    },
    end: async () => client.close(),
    abort: async () => {
      if (id !== null) await client.call('DeleteStudy', { study_id: id }).catch(() => undefined);
      client.close();
    },
  };
}
