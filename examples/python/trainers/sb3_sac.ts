import { defineStudy, externalTrainer, fixed, float } from 'assay';

/** A study that stable-baselines3 trains. */
export default defineStudy({
  name: 'sb3-sac',
  direction: 'maximize',
  space: {
    learning_rate: float(2e-3, 5e-3, { log: true }),
    gamma: float(0, 0.2),
    ent_coef: float(0.03, 0.1, { log: true }),
    steps: fixed(450),
  },
  budget: { trials: 2 },
  seed: 1,
  policy: 'external',
  ...externalTrainer({
    from: import.meta.url,
    dataset: 'trained',
    sessions: { searchSessions: 100, innerSessions: 20, purgeSessions: 1, testSessions: 15, folds: 4 },
    command: [process.env['PYTHON'] ?? 'python3', 'sb3_sac.py'],
    sources: ['sb3_sac.py'],
    retrain: false,
  }),
});
