/**
 * The words of GitHub Actions, read from the answers of its REST API. Pure. Members that are missing or newer than this
 * file never stop the reading. Times are milliseconds since the epoch.
 */
import { isRecord } from '../../shared/guards';
import type { DeliveryRun } from '../model';

/** One run of a workflow, in its latest attempt. */
export interface WorkflowRun {
  id: number;
  number: number;
  attempt: number;
  workflow: string;
  workflowId: number;
  /** A word of `deliveryFaces`. */
  status: string;
  commit: string;
  message?: string;
  branch?: string;
  event?: string;
  by?: string;
  started?: number;
  updated?: number;
  url: string;
}

export interface Job {
  id: number;
  name: string;
  status: string;
  started?: number;
  ended?: number;
  url: string;
  steps: readonly JobStep[];
}

export interface JobStep {
  number: number;
  name: string;
  status: string;
  started?: number;
  ended?: number;
}

/** A deployment of a run that waits for the protection of its environment. */
export interface PendingDeployment {
  environmentId: number;
  environment: string;
  /** Who may approve it: users and teams. Empty where only a timer holds it. */
  reviewers: readonly string[];
  canApprove: boolean;
  /** When the wait timer ends. */
  opensAt?: number;
}

/** Who decided about an environment of a run. */
export interface Review {
  environments: readonly number[];
  state: string;
  by: string;
  comment: string;
}

/** Results by the words of `deliveryFaces`. */
const conclusions: Readonly<Record<string, string>> = {
  success: 'Succeeded',
  failure: 'Failed',
  startup_failure: 'Failed',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
  timed_out: 'TIMED_OUT',
  neutral: 'Neutral',
  stale: 'Cancelled',
  action_required: 'Waiting',
};

const progress: Readonly<Record<string, string>> = {
  queued: 'QUEUED',
  requested: 'QUEUED',
  pending: 'QUEUED',
  in_progress: 'InProgress',
  waiting: 'Waiting',
};

/** How a run, a job or a step stands; a word that is newer than this file stays as it is. */
export function statusOf(status: string, conclusion: string): string {
  if (status === 'completed') return conclusions[conclusion] ?? conclusion;
  return progress[status] ?? (status === '' ? 'QUEUED' : status);
}

const moving = new Set(['QUEUED', 'InProgress', 'Waiting']);
const bad = new Set(['Failed', 'TIMED_OUT']);

export function moves(status: string): boolean {
  return moving.has(status);
}

export function isFailure(status: string): boolean {
  return bad.has(status);
}

function text(value: unknown, key: string): string {
  const member = isRecord(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : '';
}

function number(value: unknown, key: string): number {
  const member = isRecord(value) ? value[key] : undefined;
  return typeof member === 'number' ? member : 0;
}

function record(value: unknown, key: string): Record<string, unknown> {
  const member = isRecord(value) ? value[key] : undefined;
  return isRecord(member) ? member : {};
}

/** The records of a list, of a member of the answer or of the answer itself. */
function records(value: unknown, key?: string): Record<string, unknown>[] {
  const list = key === undefined ? value : isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function time<K extends string>(key: K, value: unknown, member: string): { [P in K]?: number } {
  const at = Date.parse(text(value, member));
  return (Number.isNaN(at) ? {} : { [key]: at }) as { [P in K]?: number };
}

/** A member with a text, left out where there is none. */
function some<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [P in K]?: string };
}

/** The runs of an answer, the newest first. */
export function runsIn(answer: unknown): WorkflowRun[] {
  return records(answer, 'workflow_runs').map(runIn);
}

export function runIn(run: unknown): WorkflowRun {
  return {
    id: number(run, 'id'),
    number: number(run, 'run_number'),
    attempt: number(run, 'run_attempt') || 1,
    workflow: text(run, 'name') || text(run, 'path'),
    workflowId: number(run, 'workflow_id'),
    status: statusOf(text(run, 'status'), text(run, 'conclusion')),
    commit: text(run, 'head_sha'),
    ...some('message', text(record(run, 'head_commit'), 'message') || text(run, 'display_title')),
    ...some('branch', text(run, 'head_branch')),
    ...some('event', text(run, 'event')),
    ...some('by', text(record(run, 'triggering_actor'), 'login') || text(record(run, 'actor'), 'login')),
    ...time('started', run, text(run, 'run_started_at') === '' ? 'created_at' : 'run_started_at'),
    ...time('updated', run, 'updated_at'),
    url: text(run, 'html_url'),
  };
}

export function jobsIn(answer: unknown): Job[] {
  return records(answer, 'jobs').map(jobIn);
}

export function jobIn(job: unknown): Job {
  return {
    id: number(job, 'id'),
    name: text(job, 'name'),
    status: statusOf(text(job, 'status'), text(job, 'conclusion')),
    ...time('started', job, 'started_at'),
    ...time('ended', job, 'completed_at'),
    url: text(job, 'html_url'),
    steps: records(job, 'steps').map((step) => ({
      number: number(step, 'number'),
      name: text(step, 'name'),
      status: statusOf(text(step, 'status'), text(step, 'conclusion')),
      ...time('started', step, 'started_at'),
      ...time('ended', step, 'completed_at'),
    })),
  };
}

export function pendingIn(answer: unknown): PendingDeployment[] {
  return records(answer).map((each) => {
    const began = Date.parse(text(each, 'wait_timer_started_at'));
    const minutes = number(each, 'wait_timer');
    return {
      environmentId: number(record(each, 'environment'), 'id'),
      environment: text(record(each, 'environment'), 'name'),
      reviewers: records(each, 'reviewers').map((one) => {
        const who = record(one, 'reviewer');
        return text(who, 'login') || text(who, 'name') || text(who, 'slug');
      }),
      canApprove: each['current_user_can_approve'] === true,
      ...(minutes > 0 && !Number.isNaN(began) ? { opensAt: began + minutes * 60_000 } : {}),
    };
  });
}

export function reviewsIn(answer: unknown): Review[] {
  return records(answer).map((each) => ({
    environments: records(each, 'environments').map((one) => number(one, 'id')),
    state: text(each, 'state'),
    by: text(record(each, 'user'), 'login'),
    comment: text(each, 'comment'),
  }));
}

/** The deployments of an environment: their commits and the addresses of their states, the newest first. */
export function deploymentsIn(answer: unknown): { id: number; commit: string; at?: number }[] {
  return records(answer).map((each) => ({
    id: number(each, 'id'),
    commit: text(each, 'sha'),
    ...time('at', each, 'created_at'),
  }));
}

/** The states that a deployment had, the newest first. */
export function statesIn(answer: unknown): string[] {
  return records(answer).map((each) => text(each, 'state'));
}

/** A run in the words that approvals have of all services. */
export function deliveryRunOf(run: WorkflowRun): DeliveryRun {
  return {
    id: String(run.id),
    status: run.status,
    ...(run.started === undefined ? {} : { started: run.started }),
    ...(run.updated === undefined ? {} : { updated: run.updated }),
    revisions: [
      { action: run.workflow, id: run.commit, ...(run.message === undefined ? {} : { message: run.message }) },
    ],
    isRollback: false,
  };
}

/** What several runs of a commit come to: the state that asks most for attention. */
export function worstOf(runs: readonly WorkflowRun[]): WorkflowRun | undefined {
  const order = ['Failed', 'TIMED_OUT', 'Waiting', 'InProgress', 'QUEUED'];
  const rank = ({ status }: WorkflowRun): number => (order.includes(status) ? order.indexOf(status) : order.length);
  return [...runs].sort((a, b) => rank(a) - rank(b) || (b.started ?? 0) - (a.started ?? 0))[0];
}
