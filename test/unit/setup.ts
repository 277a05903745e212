import { configureGlobal } from 'fast-check';
import { vi } from 'vitest';

// Continuous integration tries the same texts each time, so that a failure belongs to a change; elsewhere new ones are
// looked for in every run.
if (process.env['CI']) configureGlobal({ seed: 20_261_122 });

// What is waited for comes later than in the second of the default where the machine has much else to do.
const waitFor = vi.waitFor.bind(vi);
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: 20_000, ...options });
