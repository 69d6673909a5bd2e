import { parse } from 'yaml';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Arm } from '../../runner/evaluate/run-validation.ts';
import type { VariedSettings } from '../../search/study/walk-forward.ts';

/** Arms that hide features from the agent: all of them seen, 0 in their place, values of other sessions in their place. */
export function withheldArms(features: readonly string[]): readonly Arm[] {
  const hidden = (how: 'zero' | 'shuffle'): VariedSettings => ({ withhold: { features: [...features], how } });
  return [
    { name: 'with', settings: {} },
    { name: 'without', settings: hidden('zero') },
    { name: 'shuffled', settings: hidden('shuffle') },
  ];
}

/**
 * Arms of `--vary key=a --vary key=b ...`, each value written as in YAML: every combination of the keys, in the order given. The first is the
 * reference.
 * @throws AssayError `usage` for a text without a value, one value of a key alone, or the same arm twice.
 */
export function variedArms(texts: readonly string[]): readonly Arm[] {
  const values = new Map<string, readonly Json[]>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1)
      throw new AssayError('usage', `${JSON.stringify(text)} has no value`, {
        place: '--vary',
        hint: 'write --vary environment.overnight=hold',
      });
    const key = text.slice(0, equals);
    values.set(key, [...(values.get(key) ?? []), settingIn(text.slice(equals + 1), text)]);
  }
  let arms: readonly Arm[] = [{ name: '', settings: {} }];
  for (const [key, all] of values) {
    if (all.length < 2)
      throw new AssayError('usage', `${key} has one value, so nothing differs`, {
        place: '--vary',
        hint: `repeat it: --vary ${key}=a --vary ${key}=b; the first is the reference`,
      });
    arms = arms.flatMap(({ name, settings }) =>
      all.map((value) => ({ name: `${name === '' ? '' : `${name}, `}${key}=${textOf(value)}`, settings: { ...settings, [key]: value } })),
    );
  }
  const twice = arms.find(({ name }, index) => arms.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw new AssayError('usage', `the arm ${twice.name} is there twice`, { place: '--vary', hint: 'leave one out' });
  return arms;
}

function settingIn(text: string, whole: string): Json {
  try {
    return parse(text) as Json;
  } catch (cause) {
    throw new AssayError('usage', `${JSON.stringify(whole)} is no value: ${messageOf(cause)}`, {
      place: '--vary',
      hint: 'write it as in YAML',
      cause,
    });
  }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
