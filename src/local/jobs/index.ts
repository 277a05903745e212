import type { JobKind } from './kind';
import { processing } from './processing';
import { training } from './training';

/** The kinds of jobs that Local runs. */
export const jobKinds: readonly JobKind[] = [training, processing];
