/** What started a run, in words. Pure. */
import type { DeliveryRun } from './model';

const words: Readonly<Record<string, string | undefined>> = {
  CreatePipeline: 'Created',
  StartPipelineExecution: 'By hand',
  PollForSourceChanges: 'Polling',
  Webhook: 'Push',
  WebhookV2: 'Push',
  CloudWatchEvent: 'Event',
  PutActionRevision: 'Revision',
  ManualRollback: 'Rollback',
  AutomatedRollback: 'Automatic rollback',
};

/** A rule of EventBridge by its name, as the detail of a trigger has it. */
const rule = /^arn:[\w-]+:events:[\w-]*:\d*:rule\/(?:[^/]+\/)?([^/]+)$/;
/** Who starts a pipeline for EventBridge Scheduler. */
const scheduler = /^arn:[\w-]+:sts::\d*:assumed-role\/[^/]*scheduler[^/]*\//i;

/** In a word or two: `Push`, `By hand`, `Rule nightly`. A type that is newer than this file stands by its name. */
export function triggerWord({ trigger }: DeliveryRun): string {
  if (!trigger) return '';
  const { type, detail = '' } = trigger;
  const [, name] = rule.exec(detail) ?? [];
  if (name !== undefined) return `Rule ${name}`;
  if (type === 'StartPipelineExecution' && scheduler.test(detail)) return 'Schedule';
  return words[type] ?? type;
}

/** What started a run where that was neither a commit nor a hand: a rule, a schedule. */
export function unattended(run: DeliveryRun): string | undefined {
  const word = triggerWord(run);
  return run.trigger?.type === 'CloudWatchEvent' || word === 'Schedule' ? word : undefined;
}
