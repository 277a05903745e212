/** How states look, the same in trees, panels and the command line: icon, colour, word. */

/** What a colour means. Never the only sign of it. */
export type Tone = 'good' | 'bad' | 'busy' | 'wary' | 'quiet';

/** The theme colour of each tone, by VS Code's name. `webview/kit/base.css` has the same ones. */
export const toneColors: Readonly<Record<Tone, string>> = {
  good: 'charts.green',
  bad: 'testing.iconFailed',
  busy: 'charts.blue',
  wary: 'charts.yellow',
  quiet: 'testing.iconSkipped',
};

export interface StatusFace {
  word: string;
  tone: Tone;
  /** VS Code's icon; the panels draw their own of the same shape. */
  codicon: string;
  /** True where it goes on by itself, which the icon shows by turning. */
  isActive?: true;
  isTurning?: true;
}

/** The states of runs and steps. */
export const statusFaces = {
  Pending: { word: 'Waiting', tone: 'quiet', codicon: 'circle-outline', isActive: true },
  Starting: { word: 'Starting', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  Executing: { word: 'Executing', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  Stopping: { word: 'Stopping', tone: 'wary', codicon: 'stop-circle', isActive: true },
  Stopped: { word: 'Stopped', tone: 'wary', codicon: 'stop-circle' },
  Failed: { word: 'Failed', tone: 'bad', codicon: 'error' },
  Succeeded: { word: 'Succeeded', tone: 'good', codicon: 'pass' },
  NotRun: { word: 'Not run', tone: 'quiet', codicon: 'circle-slash' },
} as const satisfies Record<string, StatusFace>;

export type Status = keyof typeof statusFaces;

/** The states of a model version's approval. */
export const approvalFaces = {
  Approved: { word: 'Approved', tone: 'good', codicon: 'verified-filled' },
  Rejected: { word: 'Rejected', tone: 'bad', codicon: 'error' },
  PendingManualApproval: { word: 'Pending manual approval', tone: 'wary', codicon: 'question' },
} as const satisfies Record<string, StatusFace>;

/** A face as the icon of a row in a tree. */
export function rowIcon({ codicon, tone, isTurning }: StatusFace): { icon: string; color: string } {
  return { icon: isTurning ? `${codicon}~spin` : codicon, color: toneColors[tone] };
}
