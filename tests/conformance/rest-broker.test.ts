import { openRestBench } from '../fixtures/live/rest-bench.ts';
import { brokerConformance } from './broker.ts';

brokerConformance('over HTTP, in the shape of Alpaca', openRestBench);
