import { featureSetConformance } from '../../src/testing/feature-set.ts';
import { everySet } from '../fixtures/every-feature-set.ts';

for (const { set, symbols } of everySet) featureSetConformance(`${set.id}, ${symbols} symbols`, set, { symbols });
