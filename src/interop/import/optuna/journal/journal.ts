import { createReadStream, realpathSync } from 'node:fs';
import { AssayError, messageOf } from '../../../../core/errors.ts';
import { wireStates } from '../../../optuna/store/outcome.ts';
import { isFinalState, type Source } from '../source.ts';
import { createReplay, type Replay } from './replay.ts';

/** A journal file. Each look goes on where the last one ended: a journal only grows. Its times have a zone. */
export function journalSource(path: string): Source {
  const file = realpathSync(path);
  const replay = createReplay();
  let read = { bytes: 0, lines: 0 };
  return {
    address: `journal:${file}`,
    view: async (look) => {
      read = await applyFrom(file, read, replay);
      const studyOf = (id: string) => replay.studies.get(Number(id));
      return look(
        {
          studies: async () => [...replay.studies.values()].map(({ study }) => study),
          index: async (study) =>
            (studyOf(study)?.trials ?? []).map(({ trial_id: id, state }) => ({
              id: Number(id),
              isFinal: isFinalState(wireStates[state]!),
            })),
          trials: async (study, ids) => {
            const wanted = new Set(ids.map(String));
            return (studyOf(study)?.trials ?? []).filter(({ trial_id: id }) => wanted.has(id));
          },
        },
        null,
      );
    },
    close: async () => undefined,
  };
}

/** Applies the lines behind those that were read. A last line without its end is still being written: it is left for the next look. */
async function applyFrom(file: string, { bytes, lines }: { readonly bytes: number; readonly lines: number }, replay: Replay) {
  let [at, number] = [bytes, lines];
  const stream = createReadStream(file, { start: bytes });
  let rest: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        const line = Buffer.concat([...rest, chunk.subarray(from, end)]);
        rest = [];
        number += 1;
        replay.apply(line.toString());
        at += line.length + 1;
        from = end + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw new AssayError('data_invalid', `this is no line of a journal of Optuna: ${messageOf(cause)}`, {
      place: `${file}:${number}`,
      hint: 'name the file of JournalFileBackend; a line that was cut off by a crash can be taken out',
      cause,
    });
  }
  return { bytes: at, lines: number };
}
