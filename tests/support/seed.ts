import fc from 'fast-check';

/**
 * Every run of `npm test` draws the same inputs, so that what fails fails again and what passed for one passes for all. New ones
 * are drawn by `npm run test:long`; what it finds becomes an example of its own in the property.
 */
if (process.env.SUBLET_LONG !== '1') fc.configureGlobal({ seed: 20_261_126 });
