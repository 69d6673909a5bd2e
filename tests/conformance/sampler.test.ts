import { auto, gp, random, samplerOf, tpe } from '../../src/search/samplers/index.ts';
import { samplerConformance } from './sampler.ts';

samplerConformance('random', samplerOf(random()));
samplerConformance('tpe', samplerOf(tpe({ startupTrials: 5 })));
samplerConformance('tpe, one by one', samplerOf(tpe({ startupTrials: 5, multivariate: false, constantLiar: false })));
samplerConformance(
  'tpe, common parameters jointly',
  samplerOf(tpe({ startupTrials: 5, group: false, endpoints: true, magicClip: false, gamma: 'hyperopt' })),
);
samplerConformance('tpe, as release 4.9', samplerOf(tpe({ release: '4.9', startupTrials: 5 })));
samplerConformance('gp', samplerOf(gp()));
samplerConformance('gp, as the reference', samplerOf(gp({ prior: 'reference', output: 'none', warp: false, kernel: 'gaussian' })));
samplerConformance('auto', samplerOf(auto()));
