/** Tests of the parts of this folder, by those that Assay's own parts pass: run `npx vitest run` beside vitest and fast-check. */
import { featureSetConformance, prunerConformance, samplerConformance } from 'assay/testing';
import gaps from '../own-features/gaps.ts';
import { farthest } from './farthest.ts';
import { worstSoFar } from './worst-so-far.ts';

samplerConformance('farthest', farthest);
prunerConformance('worst-so-far', () => worstSoFar, { peers: ['complete'] });
featureSetConformance('gaps', gaps);
