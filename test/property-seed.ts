// Property tests of one run share a seed, which is the same for each `npm test`: what fails on one machine fails on all of them, and a change is
// not blamed for what another left behind. New seeds are for `npm run test:properties`, which sets PROPERTY_SEED.

import fc from 'fast-check';

const DEFAULT_SEED = 20_261_122;
const seed = Number(process.env.PROPERTY_SEED ?? DEFAULT_SEED);
if (!Number.isInteger(seed)) throw new Error('PROPERTY_SEED must be a whole number.');

fc.configureGlobal({ seed });
