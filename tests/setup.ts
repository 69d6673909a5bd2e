import { afterEach } from 'vitest';
import { killLeftRuns } from './fixtures/supervised-run.ts';

// A test that fails leaves its run behind, which would work on with the database of the tests that follow.
afterEach(killLeftRuns);
