import { DateTime } from 'luxon';
import { type Distribution, parseDistribution, widened } from '../../../optuna/distribution.ts';
import { Fault } from '../../../optuna/fault.ts';
import { parsePythonJson } from '../../../optuna/python-json.ts';
import { membersOf } from '../../../optuna/raw-json.ts';
import { wireStates } from '../../../optuna/store/outcome.ts';
import type { WireStudy, WireTrial } from '../../../optuna/wire.ts';
import { isFinalState } from '../source.ts';

type Changing<Value> = {
  -readonly [Key in keyof Value]: Value[Key] extends Readonly<Record<string, infer Member>> ? Record<string, Member> : Value[Key];
};

interface Study {
  readonly study: Changing<WireStudy>;
  /** In the order of their numbers. */
  readonly trials: Changing<WireTrial>[];
  /** Distributions of each parameter in its first trial, which later ones must fit. */
  readonly first: Map<string, Distribution>;
}

/** What a journal amounts to so far. */
export interface Replay {
  readonly studies: ReadonlyMap<number, Study>;
  /** Applies a line. What Optuna itself would not apply (a write to an ended trial, a second claim) changes nothing. @throws SyntaxError */
  readonly apply: (line: string) => void;
}

/** Numbers of the operations in Optuna's journal. */
const operations = [
  'createStudy',
  'deleteStudy',
  'studyUser',
  'studySystem',
  'createTrial',
  'parameter',
  'state',
  'point',
  'trialUser',
  'trialSystem',
] as const;

/** Creates an empty replay. Ids are counted as Optuna counts them: they are in no line. */
export function createReplay(): Replay {
  const studies = new Map<number, Study>();
  const trials: { readonly trial: Changing<WireTrial>; readonly study: number }[] = [];
  let nextStudy = 0;

  /** The trial that a line is about, if it may still change. */
  const openTrial = (log: Log) => {
    const found = trials[log.whole('trial_id')];
    const isOpen = found !== undefined && studies.has(found.study) && !isFinalState(wireStates[found.trial.state]!);
    return isOpen ? { ...found, owner: studies.get(found.study)! } : null;
  };

  const appliers: Readonly<Record<(typeof operations)[number], (log: Log) => void>> = {
    createStudy: (log) => {
      const name = log.string('study_name');
      if ([...studies.values()].some(({ study }) => study.study_name === name)) return;
      const id = nextStudy++;
      // Optuna's own numbers: 1 is minimize, 2 maximize.
      const directions = log.list('directions').map((direction) => direction - 1);
      studies.set(id, {
        study: { study_id: String(id), study_name: name, directions, user_attributes: {}, system_attributes: {} },
        trials: [],
        first: new Map(),
      });
    },
    deleteStudy: (log) => void studies.delete(log.whole('study_id')),
    studyUser: (log) => set(studies.get(log.whole('study_id'))?.study.user_attributes, log.texts('user_attr')),
    studySystem: (log) => set(studies.get(log.whole('study_id'))?.study.system_attributes, log.texts('system_attr')),
    createTrial: (log) => {
      const id = log.whole('study_id');
      const owner = studies.get(id);
      if (owner === undefined) return;
      const single = log.value('value');
      const trial: Changing<WireTrial> = {
        trial_id: String(trials.length),
        number: String(owner.trials.length),
        state: log.value('state') === undefined ? 0 : log.state(),
        values: log.list('values').length > 0 ? log.list('values') : typeof single === 'number' ? [single] : [],
        datetime_start: log.time('datetime_start'),
        datetime_complete: log.time('datetime_complete'),
        params: log.numbers('params'),
        distributions: Object.fromEntries([...log.texts('distributions')].map(([name, text]) => [name, JSON.parse(text) as string])),
        user_attributes: Object.fromEntries(log.texts('user_attrs')),
        system_attributes: Object.fromEntries(log.texts('system_attrs')),
        intermediate_values: log.numbers('intermediate_values'),
      };
      for (const [name, text] of Object.entries(trial.distributions))
        if (!owner.first.has(name)) owner.first.set(name, parseDistribution(text));
      owner.trials.push(trial);
      trials.push({ trial, study: id });
    },
    parameter: (log) => {
      const found = openTrial(log);
      if (found === null) return;
      const name = log.string('param_name');
      const text = log.string('distribution');
      const before = found.owner.first.get(name);
      const given = parseDistribution(text);
      if (before === undefined) found.owner.first.set(name, given);
      else if (!fits(name, before, given)) return;
      set(found.trial.params, [[name, log.number('param_value_internal')]]);
      set(found.trial.distributions, [[name, text]]);
    },
    state: (log) => {
      const trial = openTrial(log)?.trial;
      const state = log.state();
      const name = wireStates[state]!;
      if (trial === undefined || (name === 'RUNNING' && trial.state === state)) return;
      trial.state = state;
      if (name === 'RUNNING') trial.datetime_start = log.time('datetime_start');
      if (isFinalState(name)) trial.datetime_complete = log.time('datetime_complete');
      if (log.value('values') !== null) trial.values = log.list('values');
    },
    point: (log) => set(openTrial(log)?.trial.intermediate_values, [[log.text('step'), log.number('intermediate_value')]]),
    trialUser: (log) => set(openTrial(log)?.trial.user_attributes, log.texts('user_attr')),
    trialSystem: (log) => set(openTrial(log)?.trial.system_attributes, log.texts('system_attr')),
  };

  return {
    studies,
    apply: (line) => {
      const log = readLog(line);
      const operation = operations[log.whole('op_code')];
      // Later ones, such as 10, are those of other programs, and Optuna passes over them as well.
      if (operation !== undefined) appliers[operation](log);
    },
  };
}

/** One line, with its members by what they are. */
type Log = ReturnType<typeof readLog>;

function readLog(line: string) {
  const members = membersOf(line);
  const text = (name: string): string => {
    const found = members.get(name);
    if (found === undefined) throw new SyntaxError(`a line lacks ${name}`);
    return found;
  };
  const value = (name: string): unknown => (members.has(name) ? parsePythonJson(text(name)) : undefined);
  const number = (name: string): number => {
    const found = value(name);
    if (typeof found !== 'number') throw new SyntaxError(`${name} is no number`);
    return found;
  };
  const texts = (name: string): ReadonlyMap<string, string> => (members.has(name) ? membersOf(text(name)) : new Map());
  const whole = (name: string): number => {
    const found = number(name);
    if (!Number.isSafeInteger(found) || found < 0) throw new SyntaxError(`${name} is no whole number`);
    return found;
  };
  return {
    text,
    value,
    number,
    texts,
    whole,
    state: (): number => {
      const found = whole('state');
      if (wireStates[found] === undefined) throw new SyntaxError(`there is no state ${found}`);
      return found;
    },
    /** Empty: there is none. */
    list: (name: string): readonly number[] => {
      const found = value(name) ?? [];
      if (!Array.isArray(found) || !found.every((one) => typeof one === 'number')) throw new SyntaxError(`${name} is no list of numbers`);
      return found as readonly number[];
    },
    string: (name: string): string => {
      const found = value(name);
      if (typeof found !== 'string') throw new SyntaxError(`${name} is no text`);
      return found;
    },
    numbers: (name: string): Record<string, number> =>
      Object.fromEntries(
        [...texts(name)].map(([key, digits]) => {
          const found = parsePythonJson(digits);
          if (typeof found !== 'number') throw new SyntaxError(`${key} of ${name} is no number`);
          return [key, found];
        }),
      ),
    /** Times have a zone here. */
    time: (name: string): string => {
      const found = value(name);
      if (found === null || found === undefined) return '';
      const iso = typeof found === 'string' ? found : '';
      const at = DateTime.fromISO(iso, { setZone: true }).toUTC();
      if (!at.isValid) throw new SyntaxError(`${name} is no time`);
      const fraction = /\.(\d{1,6})/.exec(iso)?.[1] ?? '';
      return `${at.toFormat('yyyy-MM-dd HH:mm:ss')}.${fraction.padEnd(6, '0')}`;
    },
  };
}

function set<Value>(record: Record<string, Value> | undefined, entries: Iterable<readonly [string, Value]>): void {
  if (record === undefined) return;
  for (const [key, value] of entries) Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

function fits(name: string, before: Distribution, given: Distribution): boolean {
  try {
    widened(name, before, given);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
