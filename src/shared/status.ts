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

/** The states of a model version's approval; `short` is for rows, where there is little room. */
export const approvalFaces = {
  Approved: { word: 'Approved', short: 'Approved', tone: 'good', codicon: 'verified-filled' },
  Rejected: { word: 'Rejected', short: 'Rejected', tone: 'bad', codicon: 'error' },
  PendingManualApproval: { word: 'Pending manual approval', short: 'Pending', tone: 'wary', codicon: 'question' },
} as const satisfies Record<string, StatusFace & { short: string }>;

/**
 * The states of delivery: those of CodePipeline's executions, stages, actions and conditions, which are sets of their
 * own, those of CodeBuild's builds and phases, two that follow from others, and one for what could not be read. What was passed, skipped, cancelled or
 * stopped is no failure.
 */
export const deliveryFaces = {
  InProgress: { word: 'In progress', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  Waiting: { word: 'Waiting for approval', tone: 'wary', codicon: 'bell-dot', isActive: true },
  Stopping: { word: 'Stopping', tone: 'wary', codicon: 'stop-circle', isActive: true },
  Succeeded: { word: 'Succeeded', tone: 'good', codicon: 'pass' },
  Failed: { word: 'Failed', tone: 'bad', codicon: 'error' },
  Errored: { word: 'Error', tone: 'bad', codicon: 'error' },
  Superseded: { word: 'Superseded', tone: 'quiet', codicon: 'arrow-right' },
  Skipped: { word: 'Skipped', tone: 'quiet', codicon: 'debug-step-over' },
  Cancelled: { word: 'Cancelled', tone: 'quiet', codicon: 'circle-slash' },
  Stopped: { word: 'Stopped', tone: 'quiet', codicon: 'stop-circle' },
  Abandoned: { word: 'Abandoned', tone: 'quiet', codicon: 'circle-slash' },
  Overridden: { word: 'Overridden', tone: 'wary', codicon: 'pass' },
  NotRun: { word: 'Not run', tone: 'quiet', codicon: 'circle-outline' },
  Unstable: { word: 'Unstable', tone: 'wary', codicon: 'warning' },
  Neutral: { word: 'Neutral', tone: 'quiet', codicon: 'circle-outline' },
  Unread: { word: 'Not known', tone: 'quiet', codicon: 'question' },
  IN_PROGRESS: { word: 'In progress', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  SUCCEEDED: { word: 'Succeeded', tone: 'good', codicon: 'pass' },
  FAILED: { word: 'Failed', tone: 'bad', codicon: 'error' },
  FAULT: { word: 'Fault', tone: 'bad', codicon: 'error' },
  TIMED_OUT: { word: 'Timed out', tone: 'bad', codicon: 'watch' },
  CLIENT_ERROR: { word: 'Client error', tone: 'bad', codicon: 'error' },
  QUEUED: { word: 'Queued', tone: 'busy', codicon: 'circle-outline', isActive: true },
  STOPPED: { word: 'Stopped', tone: 'quiet', codicon: 'stop-circle' },
} as const satisfies Record<string, StatusFace>;

/** The state of a stage or an action that could not be read. */
export const unread = 'Unread' satisfies keyof typeof deliveryFaces;

/** How a state of delivery looks; one that is newer than this table is shown by its name. */
export function deliveryFace(status: string): StatusFace {
  const known: Readonly<Record<string, StatusFace | undefined>> = deliveryFaces;
  return known[status] ?? { word: status, tone: 'quiet', codicon: 'question' };
}

/** A face as the icon of a row in a tree. */
export function rowIcon({ codicon, tone, isTurning }: StatusFace): { icon: string; color: string } {
  return { icon: isTurning ? `${codicon}~spin` : codicon, color: toneColors[tone] };
}
