import { executorConformance } from '../../../../tests/conformance/executor.ts';
import { onnxExecutor } from './executor.ts';

executorConformance(onnxExecutor);
