import { basename } from 'node:path';
import { messageOf } from '../../src/core/errors.ts';
import { type AccountsGolden, checkAccounts } from './accounts.ts';
import { type BarFeaturesGolden, checkBarFeatures } from './bar-features.ts';
import { type BookGolden, checkBook } from './book.ts';
import { type CalendarGolden, checkCalendar } from './calendar.ts';
import { checkDbnFile, checkDbnRefused, checkDbnSums, type DbnGolden } from './dbn.ts';
import { checkGp, checkLogEi, type GpGolden } from './gp.ts';
import { checkHmm, type HmmGolden } from './hmm.ts';
import { checkFanovaTree, checkImportance, type FanovaTreesGolden, type ImportanceGolden } from './importance.ts';
import { checkMultiObjective, type MultiObjectiveGolden } from './multi-objective.ts';
import { checkNative, checkOrderFlow, type NativeGolden, type OrderFlowGolden } from './order-flow.ts';
import { checkOrderFlowFeatures, type OrderFlowFeaturesGolden } from './order-flow-features.ts';
import { checkBlockLength, checkCpcv, checkDetectable, checkNeweyWest, checkPbo, type PromotionGolden } from './promotion.ts';
import { checkPruner, type PrunerGolden } from './pruner.ts';
import { readGolden } from './read.ts';
import { checkTpe, type TpeGolden } from './tpe.ts';
import { checkLogCdf, checkTruncatedNormal, type TruncatedNormalGolden } from './truncated-normal.ts';

/** One case; `faults` returns its disagreements, empty if there are none. */
export interface GoldenCase {
  readonly kind: string;
  readonly name: string;
  readonly faults: () => readonly string[] | Promise<readonly string[]>;
}

type Document = Readonly<Record<string, unknown>>;

/** Returns the cases of a golden file. Its keys determine its kind, not its name; a file of unknown kind is a case that fails. */
export function goldenCases(path: string): readonly GoldenCase[] {
  const name = basename(path, '.json');
  try {
    return casesOf(readGolden<Document>(path), name);
  } catch (error) {
    return [{ kind: 'unreadable', name, faults: () => [messageOf(error)] }];
  }
}

function casesOf(document: Document, name: string): readonly GoldenCase[] {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => Object.hasOwn(document, key));
  const one = (kind: string, faults: GoldenCase['faults']): readonly GoldenCase[] => [{ kind, name, faults }];
  const each = <Item>(kind: string, items: readonly Item[] | undefined, check: (item: Item) => ReturnType<GoldenCase['faults']>) =>
    (items ?? []).map((item, i): GoldenCase => ({ kind, name: `${name} ${i}`, faults: () => check(item) }));

  if (has('estimators', 'search_space')) return one('tpe', () => checkTpe(document as unknown as TpeGolden));
  if (has('events', 'pruner'))
    return one(`pruner ${(document as unknown as PrunerGolden).pruner.type}`, () => checkPruner(document as unknown as PrunerGolden));
  if (has('ped_anova')) return one('importance', () => checkImportance(document as unknown as ImportanceGolden));
  if (has('usEquities') || has('globexTape')) return one('calendar', () => checkCalendar(document as unknown as CalendarGolden));
  if (has('futures') || has('shaping')) return one('accounts', () => checkAccounts(document as unknown as AccountsGolden));
  if (has('trees')) return each('fanova trees', (document as unknown as FanovaTreesGolden).trees, checkFanovaTree);
  if (has('rows', 'log_ndtr')) {
    const { rows, log_ndtr } = document as unknown as TruncatedNormalGolden;
    return [...each('truncated normal', rows, checkTruncatedNormal), ...each('normal', log_ndtr, checkLogCdf)];
  }
  if (has('cases', 'standard_logei')) {
    const { cases, standard_logei } = document as unknown as GpGolden;
    return [...each('gp', cases, checkGp), ...one('log expected improvement', () => checkLogEi(standard_logei))];
  }
  if (has('books')) return each('book', (document as unknown as { readonly books: readonly BookGolden[] }).books, checkBook);
  if (has('mbp1') || has('lobster')) return one('native', () => checkNative(document as unknown as NativeGolden));
  if (has('open', 'minutes'))
    return [
      ...one('order flow', () => checkOrderFlow(document as unknown as OrderFlowGolden)),
      ...(has('raw', 'features')
        ? one('order-flow features', () => checkOrderFlowFeatures(document as unknown as OrderFlowFeaturesGolden))
        : []),
    ];
  if (has('files', 'whole', 'refuse')) {
    const { files, whole, refuse } = document as unknown as DbnGolden;
    return [...each('dbn', files, checkDbnFile), ...each('dbn sums', whole, checkDbnSums), ...each('dbn refused', refuse, checkDbnRefused)];
  }
  if (has('sets')) return each('bar features', (document as unknown as { sets: readonly BarFeaturesGolden[] }).sets, checkBarFeatures);
  if (has('cases') && (document['cases'] as readonly object[]).some((item) => 'viterbiCounts' in item))
    return each('hmm', (document as unknown as { cases: readonly HmmGolden[] }).cases, checkHmm);
  if (has('pbo') || has('neweyWest') || has('blockLength') || has('detectable') || has('cpcv')) {
    const { pbo, blockLength, neweyWest, detectable, cpcv } = document as unknown as PromotionGolden;
    return [
      ...each('promotion', pbo, checkPbo),
      ...each('promotion', blockLength, checkBlockLength),
      ...each('promotion', neweyWest, checkNeweyWest),
      ...each('promotion', detectable, checkDetectable),
      ...each('promotion', cpcv, checkCpcv),
    ];
  }
  if (has('cases')) return each('multi-objective', (document as unknown as MultiObjectiveGolden).cases, checkMultiObjective);
  return one('unknown', () => [`no golden format has the keys ${Object.keys(document).join(', ')}`]);
}
