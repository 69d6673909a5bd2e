import { z } from 'zod';
import { unknown } from './daily.ts';
import { defineGate } from './define-gate.ts';
import { gotLater, share, wholeFrom } from './numbers.ts';
import { count, percent } from './worst.ts';

/** Gates over the checks that a validation runs on the user's own data and policies. A check that was not run fails its gate. */

const validateAgain = 'validate the trial again';

/** Nothing up to a row may depend on what comes after it (EVALUATION, D9). */
export const lookAheadGate = defineGate({
  id: 'look-ahead',
  rule: 1,
  asks: 'rows up to which a feature, what is learnt from training data, an action or a fill changes when later data are cut or replaced by noise',
  source: 'EVALUATION, D9: prefix test',
  numbers: z.strictObject({ minimumRows: wholeFrom(1, 'rows that must have been tried, cut and replaced ones together') }),
  op: '==',
  threshold: () => 0,
  observe: ({ checks }, { minimumRows }) => {
    const check = checks?.lookAhead ?? null;
    if (check === null) return unknown(`the check for look-ahead was not run: ${validateAgain}`);
    const { rows, changed, first } = check;
    const tried = `${count(rows)} rows were cut or replaced by noise`;
    if (!(rows >= minimumRows)) return { ...unknown(`${tried}, at least ${count(minimumRows)} are needed`), refused: true };
    const because =
      first === null
        ? `${tried}, and nothing changed before them`
        : `${first.what} ${first.name} changes at row ${count(first.row)} with later data; ${count(changed)} of ${tried}`;
    return { observed: changed, because, refused: first !== null };
  },
});

/** What cannot be right in the data cannot be learnt from. */
export const dataQualityGate = defineGate({
  id: 'data-quality',
  rule: 1,
  asks: 'share of the bars that cannot be right; missing bars are limited as well',
  source: 'ours',
  numbers: z.strictObject({
    maximumFaulty: share('share of the bars that cannot be right, inclusive'),
    maximumMissing: share('share of the bars of the calendar that the data may lack, inclusive'),
  }),
  op: '<=',
  threshold: ({ maximumFaulty }) => maximumFaulty,
  observe: ({ checks }, { maximumMissing }) => {
    const check = checks?.dataQuality ?? null;
    if (check === null) return unknown(`the quality of the data is unknown: ${validateAgain}`);
    const { bars, missingBars, faults } = check;
    if (!(bars > 0)) return unknown('no bar was read');
    const faulty = faults.reduce((sum, fault) => sum + fault.count, 0);
    const worst = [...faults].sort((a, b) => b.count - a.count)[0];
    const missing = missingBars / (bars + missingBars);
    const lacking = missing <= maximumMissing ? '' : `; at most ${percent(maximumMissing)} may be missing`;
    const because =
      `${count(faulty)} of ${count(bars)} bars cannot be right${worst === undefined ? '' : `, most of them ${worst.kind} in ${worst.place}`}; ` +
      `${Number.isNaN(missing) ? 'how many are missing is not recorded' : `${percent(missing)} are missing`}${lacking}`;
    return { observed: faulty / bars, because, refused: !(missing <= maximumMissing) };
  },
});

/** A policy that answers in one piece must not have looked ahead (INTEROP, 6). */
export const causalGate = defineGate({
  id: 'causal',
  rule: 1,
  asks: 'cuts of the same request up to which an action of the policy changes',
  source: 'INTEROP, 6',
  numbers: z.strictObject({ minimumCuts: wholeFrom(1, 'cuts that must have been tried') }),
  op: '==',
  threshold: () => 0,
  observe: ({ checks }, { minimumCuts }) => {
    const check = checks?.causal ?? null;
    if (check === null) return unknown(`whether the policy answers from the past alone was not checked: ${validateAgain}`);
    const { cuts, changed, first } = check;
    if (!(cuts >= minimumCuts)) return unknown(`${count(cuts)} cuts were tried, at least ${count(minimumCuts)} are needed`);
    const because = `${count(changed)} of ${count(cuts)} cuts changed an action before them${first === null ? '' : `: ${first}`}`;
    return { observed: changed, because, refused: first !== null };
  },
});

/**
 * A result that cannot be had again cannot be verified. On the same kind of machine (Node, platform, processor, device) every bit must be the
 * same. Another one may round the sums of a policy's graph otherwise, so that there the returns need only be as near as the tolerance.
 */
export const deterministicGate = defineGate({
  id: 'deterministic',
  rule: 2,
  asks: 'evaluations whose repetition gives other returns: in any bit on the same kind of machine, by more than the tolerance on another',
  source: 'ours; INTEROP, 6',
  numbers: z.strictObject({
    minimumRepeated: wholeFrom(1, 'evaluations that must have been repeated'),
    elsewhereTolerance: gotLater(share('difference of a return that another kind of machine may give, inclusive'), {
      // Every bit had to be the same everywhere.
      without: 0,
      isAsStrict: (value: number, than: number) => value <= than,
    }),
  }),
  op: '==',
  threshold: () => 0,
  observe: ({ checks }, { minimumRepeated, elsewhereTolerance }) => {
    const check = checks?.deterministic ?? null;
    if (check === null) return unknown(`no evaluation was repeated: ${validateAgain}`);
    const { repeated, different: sameKind, first, elsewhere = [] } = check;
    if (!(repeated >= minimumRepeated))
      return unknown(`${count(repeated)} evaluations were repeated, at least ${count(minimumRepeated)} are needed`);
    const different = sameKind + elsewhere.filter((difference) => !(difference <= elsewhereTolerance)).length;
    const because =
      `${count(different)} of ${count(repeated)} repeated evaluations gave other returns${first === null ? '' : `: ${first}`}` +
      (elsewhere.length === 0
        ? ''
        : `; ${count(elsewhere.length)} on another kind of machine, where a return differs by ${Math.max(...elsewhere)} of at most ${elsewhereTolerance}`);
    return { observed: different, because, refused: first !== null };
  },
});
