import { openPaperBench } from '../fixtures/live/paper-bench.ts';
import { brokerConformance } from './broker.ts';

brokerConformance('on paper, in this process', openPaperBench);
