import { defineStudy, externalTrainer, fixed, float } from 'assay';

/** A study that a Mamba in torch is trained for. */
export default defineStudy({
  name: 'torch-mamba',
  direction: 'maximize',
  space: { lr: float(1e-2, 3e-2, { log: true }), risk: float(0.01, 0.1, { log: true }), steps: fixed(48) },
  budget: { trials: 2 },
  seed: 1,
  policy: 'external',
  ...externalTrainer({
    from: import.meta.url,
    dataset: 'trained',
    sessions: { searchSessions: 100, innerSessions: 20, purgeSessions: 1, testSessions: 15, folds: 4 },
    command: [process.env['PYTHON'] ?? 'python3', 'torch_mamba.py'],
    sources: ['torch_mamba.py'],
  }),
});
