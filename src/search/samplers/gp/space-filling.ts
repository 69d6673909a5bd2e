import type { Rng } from '../../../core/rng.ts';
import { type Coordinates, existing, type Point, roundToGrid } from './coordinates.ts';
import { drawPoint, keyOf } from './optimize.ts';

const candidates = 100;
/** How far apart two uniform draws are on average, where distances wrap around. */
const usualGap = 0.25;

/**
 * A point away from those tried, on every axis as well as in the whole: of some random ones the one with the least sum of
 * 1 / product of squared distances (the MaxPro criterion of Joseph et al. 2015, built up point by point). Distances wrap
 * around, so that the edges are not preferred. No point is tried twice while a candidate is left. On an axis that one of two points does not have they are as far apart as any
 * two points: else branches with fewer parameters would be shunned. It needs nothing but the points, so parallel workers keep
 * apart too.
 */
export function spaceFillingPoint(coordinates: Coordinates, tried: readonly Point[], rng: Rng): Point {
  const { axes } = coordinates;
  let [best, bestScore] = [drawPoint(axes, rng), Number.POSITIVE_INFINITY];
  if (tried.length === 0) return best;
  const taken = new Set(tried.map(keyOf));
  const others = tried.map((other) => ({ other, has: presence(coordinates, other) }));
  for (let c = 0; c < candidates; c++) {
    const point = drawPoint(axes, rng);
    const settled = roundToGrid(coordinates, point);
    // A case without parameters of its own is one point, however far it is from others.
    if (taken.has(keyOf(settled))) continue;
    const own = presence(coordinates, settled);
    let score = 0;
    for (const { other, has } of others) {
      let product = 1;
      for (let j = 0; j < axes.length; j++) {
        const gap = Math.abs(settled[j]! - other[j]!);
        let near = axes[j]!.kind === 'choice' ? (gap === 0 ? 0.5 / axes[j]!.cells : 0.5) : Math.min(gap, 1 - gap);
        if (own[j] === 0 || has[j] === 0) near = usualGap;
        product *= near * near + 1e-3;
      }
      score += 1 / product;
    }
    if (score < bestScore) [best, bestScore] = [point, score];
  }
  return best;
}

/** 1 for the axes that exist at a point. */
function presence(coordinates: Coordinates, point: Point): Uint8Array {
  const present = new Uint8Array(point.length);
  for (const axis of existing(coordinates, point)) present[axis] = 1;
  return present;
}
