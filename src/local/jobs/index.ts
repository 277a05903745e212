import type { JobKind } from './kind';
import { processing } from './processing';
import { training } from './training';
import { transform } from './transform';
import { tuning } from './tuning';

/** The kinds of jobs that Local runs. */
export const jobKinds: readonly JobKind[] = [training, processing, transform, tuning];
