// Acts with an exported policy, knowing only its file: `node act.mjs <policy.onnx> <observations.json>` prints the actions as JSON.
// `observations` is a list of episodes of rows. Whatever the policy remembers is zero where an episode begins.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [file, observations] = process.argv.slice(2);
const session = await InferenceSession.create(file);
const remembers = session.inputMetadata.find(({ name }) => name === 'state');
const actions = [];
for (const episode of JSON.parse(readFileSync(observations, 'utf8'))) {
  let state = remembers && new Float32Array(remembers.shape[1]);
  for (const row of episode) {
    const feeds = { observation: new Tensor('float32', Float32Array.from(row), [1, row.length]) };
    if (remembers) feeds.state = new Tensor('float32', state, remembers.shape);
    const { action, nextState } = await session.run(feeds);
    if (remembers) state = nextState.data;
    actions.push([...action.data]);
  }
}
console.log(JSON.stringify(actions));
