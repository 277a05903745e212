import { configureGlobal } from 'fast-check';

// Continuous integration tries the same texts each time, so that a failure belongs to a change; elsewhere new ones are
// looked for in every run.
if (process.env['CI']) configureGlobal({ seed: 20_261_122 });
