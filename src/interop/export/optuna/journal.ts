import { closeSync, openSync, writeFileSync } from 'node:fs';
import { AssayError } from '../../../core/errors.ts';
import { pythonJson } from '../../optuna/python-json.ts';
import { compactJson } from '../../optuna/raw-json.ts';
import type { TextMap } from '../../optuna/wire.ts';
import { cannotWrite, newFile } from '../new-file.ts';
import type { OptunaSink } from './sink.ts';

/** Whose lines these are, as each line of a journal says. */
const worker = 'assay-export';

/** A journal file, to be opened by `JournalStorage(JournalFileBackend(path))`. */
export function journalSink(path: string): OptunaSink {
  const file = newFile(path);
  let open: number | null = null;
  const write = (lines: readonly string[]): void => {
    try {
      open ??= openSync(file.draft, 'wx');
      // Where a disk has room for a part only, `writeSync` writes that and reports no error.
      writeFileSync(open, lines.join(''));
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
  const close = (): void => {
    if (open !== null) closeSync(open);
    open = null;
  };
  return {
    begin: async ({ study_name: name, directions, user_attributes: user, system_attributes: system }) => {
      const one = (code: number, key: string, [name_, value]: readonly [string, string]) =>
        line(code, { study_id: '0', [key]: membersText([[name_, attributeText(name_, value)]]) });
      write([
        // Optuna's own numbers: 1 is minimize, 2 maximize.
        line(0, { study_name: pythonJson(name), directions: pythonJson(directions.map((direction) => direction + 1)) }),
        ...Object.entries(user).map((entry) => one(2, 'user_attr', entry)),
        ...Object.entries(system).map((entry) => one(3, 'system_attr', entry)),
      ]);
    },
    write: async (trials) =>
      write(
        trials.map((trial) =>
          line(4, {
            study_id: '0',
            datetime_start: trial.datetime_start === '' ? 'null' : timeText(trial.datetime_start),
            ...(trial.datetime_complete !== '' && { datetime_complete: timeText(trial.datetime_complete) }),
            state: String(trial.state),
            value: 'null',
            values: trial.values.length === 0 ? 'null' : listText(trial.values),
            params: numbersText(trial.params),
            distributions: membersText(Object.entries(trial.distributions).map(([name, text]) => [name, JSON.stringify(text)])),
            user_attrs: attributesText(trial.user_attributes),
            system_attrs: attributesText(trial.system_attributes),
            intermediate_values: numbersText(trial.intermediate_values),
          }),
        ),
      ),
    end: async () => {
      close();
      file.keep();
    },
    abort: async () => {
      close();
      file.drop();
    },
  };
}

/** @param members the JSON text of each */
function line(code: number, members: TextMap): string {
  return `${membersText(Object.entries({ op_code: String(code), worker_id: JSON.stringify(worker), ...members }))}\n`;
}

const membersText = (members: readonly (readonly [name: string, text: string])[]): string =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;

const timeText = (utc: string): string => JSON.stringify(`${utc.replace(' ', 'T')}+00:00`);

/** A whole number with its fraction, as Python writes a float: Optuna would take it for an integer else. */
const floatText = (value: number): string => {
  if (Object.is(value, -0)) return '-0.0';
  const text = pythonJson(value);
  return Number.isFinite(value) && /^-?\d+$/.test(text) ? `${text}.0` : text;
};

const listText = (values: readonly number[]): string => `[${values.map(floatText).join()}]`;

const numbersText = (numbers: Readonly<Record<string, number>>): string =>
  membersText(Object.entries(numbers).map(([name, value]) => [name, floatText(value)]));

const attributesText = (attributes: TextMap): string =>
  membersText(Object.entries(attributes).map(([key, text]) => [key, attributeText(key, text)]));

/** On one line, whatever its writer did. */
function attributeText(key: string, text: string): string {
  try {
    return compactJson(text);
  } catch (cause) {
    throw new AssayError('data_invalid', `attribute ${JSON.stringify(key)} is no JSON, which a journal is made of`, {
      hint: 'export to a file of SQLite, which keeps any text',
      cause,
    });
  }
}
