import { z } from 'zod';
import type { Trade } from '../env/trades.ts';
import type { RewardFactory } from './reward.ts';
import { checkedSettings } from './settings.ts';

const coefficient = z.number().min(0).default(0);

/** Settings of `shaping@1`, specification MARKET, M13. A coefficient of 0 switches its term off. */
export const shapingOptions = z.strictObject({
  winBonus: coefficient.meta({ description: 'paid when a trade closes: coefficient x V x min(max(r, 0), cap)' }),
  lossPenalty: coefficient.meta({
    description: 'charged when a trade closes: coefficient x V x min(max(-r, 0), cap); above winBonus it is loss aversion',
  }),
  holdDiscipline: coefficient.meta({ description: 'charged when a trade closes: coefficient x V x max(0, 1 - bars held / minimumBars)' }),
  minimumBars: z.int().min(1).default(5).meta({ description: 'bars from which on holdDiscipline charges nothing' }),
  cap: z.number().gt(0).default(0.01).meta({ description: 'largest r that winBonus and lossPenalty count' }),
  pnlPotential: coefficient.meta({
    description: 'potential: coefficient x net P&L of the open trades; does not change which policy is best',
  }),
  drawdownPotential: coefficient.meta({ description: 'potential: -coefficient x (peak - NAV); does not change which policy is best' }),
  holdBonus: coefficient.meta({
    description:
      'paid in every step: coefficient x NAV x min(sessions since the last fill, 10). Pays an agent that does nothing, so the gate `shaping` refuses what it trains; here to reproduce a design that had it',
  }),
});

export type ShapingOptions = Readonly<z.output<typeof shapingOptions>>;

/** Most sessions without a fill that the hold bonus counts. */
const mostIdleSessions = 10;

/** What a closed trade pays and charges, in account currency. r is its net P&L over V, the NAV at its start. */
export function tradeTerms(
  c: Pick<ShapingOptions, 'winBonus' | 'lossPenalty' | 'holdDiscipline' | 'minimumBars' | 'cap'>,
  { netPnl, value, bars }: Pick<Trade, 'netPnl' | 'value' | 'bars'>,
): { readonly win: number; readonly loss: number; readonly hold: number } {
  const r = netPnl / value;
  return {
    win: c.winBonus * value * Math.min(Math.max(r, 0), c.cap),
    loss: c.lossPenalty * value * Math.min(Math.max(-r, 0), c.cap),
    hold: c.holdDiscipline * value * Math.max(0, 1 - bars / c.minimumBars),
  };
}

/**
 * Adds shaping to a reward. Terms of a trade count in the step that closes it, those at a forced close too. Potentials count as gamma x
 * Phi(s') - Phi(s), with Phi = 0 where an episode begins and where it is terminated (Ng, Harada and Russell 1999).
 *
 * @param gamma the agent's discount of the next step
 * @throws AssayError `config_invalid` for settings out of range.
 */
export function shaped(base: RewardFactory, options: z.input<typeof shapingOptions>, gamma: number): RewardFactory {
  const c = checkedSettings(shapingOptions, options, 'reward.shaping');
  const isOn = [c.winBonus, c.lossPenalty, c.holdDiscipline, c.pnlPotential, c.drawdownPotential, c.holdBonus].some((value) => value > 0);
  if (!isOn) return base;
  return (count, place) => {
    const inner = base(count, place);
    const stepShaping = new Float64Array(count);
    const ofTrades = new Float64Array(count);
    const potential = new Float64Array(count);
    const idleBars = new Float64Array(count);
    return {
      reset: (copy) => {
        inner.reset(copy);
        for (const column of [stepShaping, ofTrades, potential, idleBars]) column[copy] = 0;
      },
      state: { ...inner.state, shapingPotential: potential, shapingIdleBars: idleBars },
      stepShaping,
      onTrade: (copy, trade) => {
        inner.onTrade?.(copy, trade);
        const { win, loss, hold } = tradeTerms(c, trade);
        ofTrades[copy]! += win - loss - hold;
      },
      ofStep: (a, copy, navBefore, end) => {
        let shaping = ofTrades[copy]!;
        ofTrades[copy] = 0;
        let next = 0;
        if (!end.terminated) {
          for (let k = copy * a.assets; k < (copy + 1) * a.assets; k++) next += c.pnlPotential * (end.openPnl?.[k] ?? 0);
          next -= c.drawdownPotential * (a.peak[copy]! - a.nav[copy]!);
        }
        shaping += gamma * next - potential[copy]!;
        potential[copy] = next;
        idleBars[copy] = a.stepTraded[copy]! > 0 ? 0 : idleBars[copy]! + 1;
        shaping += c.holdBonus * a.nav[copy]! * Math.min(idleBars[copy]! / place.barsPerSession, mostIdleSessions);
        stepShaping[copy] = shaping;
        return inner.ofStep(a, copy, navBefore, end) + shaping;
      },
    };
  };
}
