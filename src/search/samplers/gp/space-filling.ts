import type { Rng } from '../../../core/rng.ts';
import { type Coordinates, existing, type Point, roundToGrid } from './coordinates.ts';
import { drawPoint, keyOf } from './optimize.ts';

const candidates = 100;
/** Mean distance of two uniform draws if distances wrap around. */
const usualGap = 0.25;

/**
 * Returns a point away from those tried, on every axis as well as in the whole: of some random ones the one with the smallest sum of 1 /
 * product of squared distances (the MaxPro criterion of Joseph et al. 2015, applied point by point). Distances wrap around, so that the
 * edges are not preferred. A tried point is returned only if every candidate was tried. An axis that is inactive at one of two points
 * counts with their mean distance; otherwise branches with fewer parameters would be avoided. The result depends on the points only, so
 * parallel workers keep a distance too.
 */
export function spaceFillingPoint(coordinates: Coordinates, tried: readonly Point[], rng: Rng): Point {
  const { axes } = coordinates;
  let best = drawPoint(axes, rng);
  let bestScore = Number.POSITIVE_INFINITY;
  if (tried.length === 0) return best;
  const taken = new Set(tried.map(keyOf));
  const others = tried.map((other) => ({ other, has: presence(coordinates, other) }));
  for (let c = 0; c < candidates; c++) {
    const point = drawPoint(axes, rng);
    const settled = roundToGrid(coordinates, point);
    // A case without parameters is a single point, whatever its distance from others.
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

/** Returns 1 for each axis that is active at a point, else 0. */
function presence(coordinates: Coordinates, point: Point): Uint8Array {
  const present = new Uint8Array(point.length);
  for (const axis of existing(coordinates, point)) present[axis] = 1;
  return present;
}
