import { z } from 'zod';
import { loadConfig } from '../core/config-file.ts';
import { paperOptions } from './broker/paper/config.ts';
import { riskLimits } from './risk/limits.ts';

const milliseconds = z.int().min(0).max(3_600_000);

/** What a run of live trading is made of beside its model: docs/live.md says what each means. Its hash is in every record of the run. */
export const liveConfigSchema = z.strictObject({
  dataset: z
    .string()
    .regex(/^[A-Z0-9]+(\.[A-Z0-9]+)*$/)
    .default('GLBX.MDP3')
    .meta({ description: 'data set of the feed' }),
  symbols: z
    .record(z.string().min(1), z.string().min(1))
    .refine((symbols) => Object.keys(symbols).length > 0, { error: 'it names no symbol' })
    .meta({ description: 'what is traded for each symbol of the model, by its raw symbol: `{ MNQ: MNQH4 }`' }),
  year: z.int().min(2000).max(2100).meta({ description: 'year in which it is traded, which the digit of a contract is read by' }),
  clock: z
    .enum(['wall', 'feed'])
    .default('wall')
    .meta({ description: '`wall`: times are those of receipt; `feed`: those of the records, for recordings that are served as a feed' }),
  beginsAt: z.enum(['middle', 'origin']).default('middle').meta({
    description: '`middle`: nothing is decided before the features have the history that their set declares; `origin`: after the warm-up',
  }),
  graceMs: milliseconds.default(2000).meta({ description: 'time for which the bars of an interval are waited for after its end' }),
  flattenMs: milliseconds.default(60_000).meta({ description: "time before a session's end at which everything is sold" }),
  rollSessions: z
    .int()
    .min(1)
    .max(60)
    .default(5)
    .meta({ description: "sessions before a contract's last day of trading from which nothing is opened in it" }),
  paper: paperOptions.prefault({}).meta({ description: 'of the broker on paper' }),
  limits: riskLimits.prefault({}).meta({ description: 'of risk' }),
  riskPersons: z.array(z.string().min(1)).default([]).meta({ description: 'who has the role `risk`: may let trading go on' }),
});

export type LiveConfig = Readonly<z.output<typeof liveConfigSchema>>;

/** @throws AssayError `config_invalid` naming the file and the key, as {@link loadConfig}. */
export function loadLiveConfig(file: string): LiveConfig {
  return loadConfig(file, liveConfigSchema);
}
