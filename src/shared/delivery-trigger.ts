/** What started a run of a delivery pipeline, in words. */

/** `TriggerType` of CodePipeline and its detail: an ARN, a name or an event. */
export interface DeliveryTrigger {
  type: string;
  detail?: string;
}

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
export function triggerWord(trigger: DeliveryTrigger | undefined): string {
  if (!trigger) return '';
  const { type, detail = '' } = trigger;
  const [, name] = rule.exec(detail) ?? [];
  if (name !== undefined) return `Rule ${name}`;
  if (type === 'StartPipelineExecution' && scheduler.test(detail)) return 'Schedule';
  return words[type] ?? type;
}

/** The word for what started a run where that was neither a commit nor a hand: a rule, a schedule. */
export function unattended(trigger: DeliveryTrigger | undefined): string | undefined {
  const word = triggerWord(trigger);
  return trigger?.type === 'CloudWatchEvent' || word === 'Schedule' ? word : undefined;
}
