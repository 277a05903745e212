/** What a colour means. Never the only sign of it. */
export type Tone = 'good' | 'bad' | 'busy' | 'wary' | 'quiet' | 'none';
