import { agentConformance } from '../../src/testing/agent.ts';
import { createAgent } from '../../src/trading/agents/create.ts';
import { createReinforce } from '../repository/docs/example-agent.ts';

const small = { hidden: [8], learningRate: 1e-3 } as const;
const rollout = { ...small, rolloutSteps: 16, sequenceSteps: 8, batchSequences: 4, epochs: 2, memoryWidth: 4 } as const;

agentConformance('sac', ({ environments, ...place }) =>
  createAgent({ ...small, batchSize: 8, capacity: 200, warmupSteps: 20 }, { env: { ...place, count: environments }, seed: place.seed }),
);

agentConformance('recurrent-ppo', ({ environments, ...place }) =>
  createAgent({ ...rollout, id: 'recurrent-ppo' }, { env: { ...place, count: environments }, seed: place.seed }),
);

agentConformance(
  'recurrent-ppo, choices',
  ({ environments, ...place }) =>
    createAgent({ ...rollout, id: 'recurrent-ppo', normalise: false }, { env: { ...place, count: environments }, seed: place.seed }),
  { choices: [3, 5] },
);

agentConformance(
  'of docs/compute.md',
  (place) => createReinforce(place.environments, place.observationSize, place.actionSize, place.seed),
  {
    leavesNormalisationOut: true,
  },
);
