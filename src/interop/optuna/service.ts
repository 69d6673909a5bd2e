import type { Db } from '../../storage/database.ts';
import { noTrial } from './fault.ts';
import { createAccepted } from './store/accepted.ts';
import { setStudyAttribute, setTrialAttribute } from './store/attributes.ts';
import { createFromTemplates } from './store/create-from-template.ts';
import { createTrial } from './store/create-trial.ts';
import { wireState } from './store/outcome.ts';
import { trialIdOf } from './store/read-trials.ts';
import { reportValue } from './store/report-value.ts';
import { createParameterWriter } from './store/set-parameter.ts';
import { setState } from './store/set-state.ts';
import { allStudies, createStudy, deleteStudy, requireStudy, studyAttributes, studyIdOf } from './store/studies.ts';
import { createTrialReader } from './trials-of.ts';
import type { Messages, MethodName, methods } from './wire.ts';

type Method<Name extends MethodName> = (
  request: Messages[(typeof methods)[Name][0]],
  /** Name of the client: what its trials show as their worker. */
  client: string,
) => Promise<Messages[(typeof methods)[Name][1]]>;

export type Service = { readonly [Name in MethodName]: Method<Name> };

/** Every method of Optuna's storage service on our tables. Each throws a Fault, or what the database throws. */
export function createService(db: Db): Service {
  const accepted = createAccepted();
  const parameters = createParameterWriter(db, accepted);
  const trials = createTrialReader(db);
  const created = (id: number): { readonly trial_id: string } => ({ trial_id: String(id) });

  return {
    CreateNewStudy: async ({ study_name, directions }) => ({ study_id: String(await createStudy(db, study_name, directions)) }),
    DeleteStudy: async ({ study_id }) => done(deleteStudy(db, study_id)),
    SetStudyUserAttribute: async ({ study_id, ...attribute }) => done(setStudyAttribute(db, study_id, 'user', attribute)),
    SetStudySystemAttribute: async ({ study_id, ...attribute }) => done(setStudyAttribute(db, study_id, 'system', attribute)),
    GetStudyIdFromName: async ({ study_name }) => ({ study_id: String(await studyIdOf(db, study_name)) }),
    GetStudyNameFromId: async ({ study_id }) => ({ study_name: (await requireStudy(db, study_id)).name }),
    GetStudyDirections: async ({ study_id }) => ({ directions: (await requireStudy(db, study_id)).directions }),
    GetStudyUserAttributes: async ({ study_id }) => ({ user_attributes: await studyAttributes(db, study_id, 'user') }),
    GetStudySystemAttributes: async ({ study_id }) => ({ system_attributes: await studyAttributes(db, study_id, 'system') }),
    GetAllStudies: async () => ({ studies: await allStudies(db) }),
    CreateNewTrial: async ({ study_id, template_trial, template_trial_is_none }, client) => {
      const id =
        template_trial_is_none || template_trial === null
          ? await createTrial(db, study_id, client)
          : (await db.transaction((tx) => createFromTemplates(tx, study_id, [template_trial], client)))[0]!;
      parameters.learn(String(id), Number(study_id));
      return created(id);
    },
    SetTrialParameter: async ({ trial_id, param_name: name, param_value_internal: internal, distribution: text }) =>
      done(parameters.set(trial_id, { name, internal, text })),
    GetTrialIdFromStudyIdTrialNumber: async ({ study_id, trial_number }) => {
      const id = await trialIdOf(db, study_id, trial_number);
      if (id === null) throw noTrial(`${study_id}#${trial_number}`);
      return created(id);
    },
    SetTrialStateValues: async ({ trial_id, state, values }, worker) => ({
      trial_updated: await setState(db, trial_id, { state: wireState(state), values, worker }),
    }),
    SetTrialIntermediateValue: async ({ trial_id, step, intermediate_value }) => done(reportValue(db, trial_id, step, intermediate_value)),
    SetTrialUserAttribute: async ({ trial_id, ...attribute }) => done(setTrialAttribute(db, trial_id, 'user', attribute)),
    SetTrialSystemAttribute: async ({ trial_id, ...attribute }) => done(setTrialAttribute(db, trial_id, 'system', attribute)),
    GetTrial: async ({ trial_id }) => ({ trial: await trials.one(trial_id) }),
    GetTrials: async ({ study_id, trial_id_greater_than, included_trial_ids }) =>
      trials.after(study_id, trial_id_greater_than, included_trial_ids),
  };
}

async function done(work: Promise<unknown>): Promise<Messages['Empty']> {
  await work;
  return {};
}
