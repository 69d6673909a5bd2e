/**
 * Follows a study on a server of `assay serve` until it ends, queues one more trial first, and prints the best one as JSON:
 * `node examples/client/follow-study.mjs http://127.0.0.1:4000 <study>`; with a token in ASSAY_TOKEN.
 */
import { ApiProblem, createClient, tagOf } from 'assay/client';

const [url, study] = process.argv.slice(2);
const client = createClient({ url, token: process.env.ASSAY_TOKEN });

const before = await client.showStudy({ study });
const { trials } = await client.bestTrials({ study, top: 1 });
// Only if nobody has changed the study since it was read; the order's key is made by the client.
await client
  .enqueueTrial({ study, body: { params: {}, like: trials[0].address, raiseBudget: true } }, { ifMatch: tagOf(before) })
  .catch((error) => {
    if (!(error instanceof ApiProblem) || error.code !== 'changed') throw error;
    console.error('somebody else was first:', error.message);
  });

for await (const event of client.follow({ study })) {
  if (event.kind === 'end') console.error(`${study} is ${event.state}`);
  else for (const { address, state, value } of event.trials) console.error(address, state, value ?? '');
}

const [best] = (await client.bestTrials({ study, top: 1 })).trials;
console.log(JSON.stringify({ address: best.address, value: best.value, params: best.params }));
