import type { Tone as StatusTone } from '../../src/shared/status';

/** What a colour means, or none. Never the only sign of it. */
export type Tone = StatusTone | 'none';
