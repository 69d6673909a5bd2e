/** Names of studies and models, as `src/core/address.ts` has them. */
const name = '[a-z0-9][a-z0-9._-]{0,99}';

/** Where a written address leads: `study`, `study#42`, `model@3`, `model@champion`; null for what is none. */
export function goal(text: string): string | null {
  const given = text.trim();
  const trial = new RegExp(`^(${name})(?:#([0-9]{1,9}))?$`).exec(given);
  if (trial !== null) return trial[2] === undefined ? `/studies/${trial[1]}` : `/studies/${trial[1]}/trials/${Number(trial[2])}`;
  const model = new RegExp(`^(${name})@([a-z0-9._-]+)$`).exec(given);
  if (model === null) return null;
  return /^[0-9]+$/.test(model[2]!) ? `/models/${model[1]}?version=${model[2]}` : `/models/${model[1]}`;
}
