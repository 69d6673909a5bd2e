/*
 * Descriptions of a person's commands to studies and trials: the help of the command line and the API's document both print them.
 * Imports nothing that runs, so that `--help` stays quick.
 */
import type { StudyControl } from './control-study.ts';

export const studyControls: Readonly<Record<StudyControl, string>> = {
  pause: 'no new trials; the running ones go on, and workers wait',
  resume: 'go on with a study that was paused, stopped or cancelled',
  stop: 'finish the running trials and end; those that wait are cancelled',
  cancel: 'end the running trials too, as cancelled',
};

export const trialControls = {
  enqueue: 'queue a trial with parameters of your choice; what is left out is drawn by the sampler',
  retry: 'queue a new trial with the parameters and the seed of one that failed or was cancelled',
  pause: 'let a trial wait until it is resumed: at once in the queue, where it runs after its next report and a checkpoint',
  resume: 'let a paused trial go on, from its checkpoint where it has one',
  cancel: 'end a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs',
} as const;

/** Options of new trials. */
export const queueOptions = {
  likesSeed: 'its seed as well, so that the same parameters give the same trial again',
  retriesEnded: 'also of one that is complete or pruned: its result once more, as a trial that names it',
  strict: 'refuse missing parameters, all named at once, in place of drawing them',
  priority: 'among queued trials of the study the highest is taken first',
  raiseBudget: 'where a limit of the budget is used up, let this one trial in all the same',
} as const;
