/** What the panel of an endpoint and its host tell each other. Times are milliseconds since the epoch. */
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Tone } from '../../../shared/status';
import type { PlannedCall } from '../deployment/contract';

export interface EndpointArguments {
  /** The connection's id. */
  connection: string;
  endpoint: string;
}

/** A phase of the update that is under way, or was the last one. */
export interface PhaseView {
  title: string;
  /** `turned`: the deployment has turned back in it. */
  state: 'done' | 'current' | 'next' | 'skipped' | 'turned';
  /** Alarms count in it. */
  isWatched: boolean;
  startedAt?: number;
  endedAt?: number;
  /** When the service goes on by itself. */
  endsAt?: number;
  /** Seconds that it takes, as a rule where it is an estimate. */
  seconds: number;
  isEstimate: boolean;
}

export interface FleetView {
  /** `v7`, and whether it is the one that comes. */
  label: string;
  isNew: boolean;
  variant: string;
  current: number;
  desired: number;
  instanceType?: string;
}

export interface AlarmView {
  name: string;
  state: string;
  reason: string;
  /** `Invocation5XXErrors, average over 60 s, above 0.05` */
  rule: string;
  /** What is wrong with it, in sentences. */
  findings: string[];
  isAbort: boolean;
}

export interface EventView {
  at: number;
  text: string;
  tone: Tone;
}

export interface HistoryView {
  config: string;
  label: string;
  model: string;
  at: number;
  /** `Deployed`, `Rolled back`, `Failed` */
  outcome: string;
  tone: Tone;
  reason?: string;
  isCurrent: boolean;
}

export interface DeploymentView {
  /** `Deploying v7`, `Rolled back to v6` */
  title: string;
  tone: Tone;
  reason?: string;
  /** What the reason means, and what to do. */
  help?: string;
  from?: string;
  to: string;
  startedAt: number;
  endedAt?: number;
  isRollingBack: boolean;
  phases: PhaseView[];
  /** The new version's share of the traffic in percent: by the service's words, and by requests where there were any. */
  planned: number;
  measured?: number;
  /** Requests that the new version has had lately. */
  requests: number;
  events: EventView[];
  /** Calls that put back what was taken from the endpoint, and have failed. */
  openCalls: number;
  /** What an abort does now; absent where there is nothing to abort. */
  abort?: { isPossible: boolean; text: string };
}

export interface EndpointView {
  name: string;
  arn: string;
  connection: string;
  status: string;
  tone: Tone;
  /** What serves, and the config that says so. */
  serving?: { label: string; config: string; model?: string };
  kind: 'real-time' | 'serverless' | 'asynchronous';
  /** What a request must name: an inference component, or the archive of a multi-model endpoint. */
  sharing?: Sharing;
  variants: string[];
  /** The variants in production with their parts of the requests, from 0 to 1. */
  traffic: { variant: string; label: string; weight: number; share: number }[];
  /** The service works on it, and takes no change. */
  isBusy: boolean;
  shadow?: ShadowView;
  /** Why there is no shadow and can be none. */
  shadowRefusal?: string;
  fleets: FleetView[];
  alarms: AlarmView[];
  deployment?: DeploymentView;
  history: HistoryView[];
  /** When it is to be gone. */
  expires?: number;
  /** What is gone of what it names, in sentences. */
  missing: string[];
  /** `2 to 6 instances, by SageMakerVariantInvocationsPerInstance` */
  scaling?: string;
  /** What waits before an asynchronous endpoint. */
  queue?: QueueView;
  /** Why some of this cannot be told. */
  problems: string[];
}

/** The queue of an asynchronous endpoint. */
export interface QueueView {
  waiting: number;
  /** Seconds that the oldest request waits. */
  oldest?: number;
  /** Requests wait, no instance is there, and no policy brings one. */
  isStuck: boolean;
}

export type Sharing = 'components' | 'archives';

/** The variant that gets copies of requests. */
export interface ShadowView {
  label: string;
  /** Of the requests, from 0 to 1. */
  share: number;
  current: number;
  desired: number;
  /** What it and the variant in production have answered lately, in words. */
  figures?: string;
}

/** A version that can be tried in the shadow. */
export interface VersionChoice {
  arn: string;
  /** `v7` */
  label: string;
  /** `penguins version 7, Approved` */
  text: string;
}

/** A change of variants before it is made. */
export interface ChangeView {
  title: string;
  notes: string[];
  calls: PlannedCall[];
  isBusy: boolean;
  problem?: string;
}

export interface ChartView {
  id: 'requests' | 'errors' | 'latency';
  title: string;
  lines: { name: string; times: number[]; values: number[] }[];
}

/** One request of the tab Try It. */
export interface TrialView {
  id: number;
  at: number;
  body: string;
  state: 'waiting' | 'answered' | 'failed';
  /** Milliseconds. */
  latency?: number;
  answer?: string;
  contentType?: string;
  variant?: string;
  problem?: string;
  log?: string[];
  /** The log stream of the instance that failed. */
  stream?: string;
  /** The id and the result's place of a request in a queue. */
  inference?: { id: string; output: string };
}

/** A file that is sent as the body. */
export interface FileView {
  name: string;
  /** Bytes. */
  size: number;
  contentType: string;
  /** What it says of itself: `float32, 10 × 4`. */
  description?: string;
  /** An image in Base64, to be looked at. */
  image?: string;
}

export interface LoadView {
  isRunning: boolean;
  sent: number;
  failed: number;
  /** Milliseconds at the percentiles 50, 90 and 99. */
  percentiles?: [number, number, number];
  /** Requests a second. */
  rate?: number;
}

/** The tab Monitoring: what is captured, and what Model Monitor has found in it. */
export interface MonitoringView {
  /** Where captured data goes; absent where none is captured. */
  destination?: string;
  hours: { hour: string; files: number; size: string }[];
  schedules: { name: string; kind: string; status: string; canRun: boolean }[];
  executions: ExecutionView[];
  /** The images that a new monitor begins with, of Model Monitor and of Clarify; empty where none is known. */
  image: string;
  clarify: string;
  /** What is being done. */
  busy?: string;
  findings?: FindingsView;
  problems: string[];
}

export interface ExecutionView {
  /** Its schedule and time. */
  id: string;
  schedule: string;
  at: number;
  status: string;
  tone: Tone;
  reason?: string;
  hasFindings: boolean;
}

/** What one execution has found. */
export interface FindingsView {
  id: string;
  place: string;
  violations: { about: string; check: string; text: string }[];
  /** The features, the farthest from the baseline first. */
  features: {
    name: string;
    kind: 'numbers' | 'categories';
    distance: number;
    labels: string[];
    /** Shares, from 0 to 1. */
    before: number[];
    found: number[];
  }[];
  /** The threshold that holds now; none where there is no baseline. */
  threshold?: number;
  canChange: boolean;
  /** The distances of the features in the last executions of the same baseline, the newest first. */
  past: { at: number; distances: Record<string, number> }[];
}

/** One captured request. */
export interface CapturedView {
  hour: string;
  records: { at: string; input: string; output: string; encoding: string }[];
}

export type EndpointToPanel =
  | { type: 'endpoint'; view: EndpointView }
  | { type: 'charts'; charts: ChartView[]; marks: { at: number; label: string }[] }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  | { type: 'gone'; text: string }
  | { type: 'trials'; trials: TrialView[] }
  | { type: 'load'; load: LoadView }
  | { type: 'sample'; body: string; contentType: string }
  | { type: 'monitoring'; monitoring: MonitoringView }
  | { type: 'captured'; captured: CapturedView }
  /** The inference components or archives that can be asked. */
  | { type: 'targets'; names: string[] }
  /** None once it is dropped. */
  | { type: 'file'; file?: FileView }
  | { type: 'versions'; versions: VersionChoice[] }
  /** None once it is made or dropped. */
  | { type: 'change'; change?: ChangeView }
  /** A new monitor is to begin with a baseline that is there. */
  | { type: 'baseline'; constraints: string; statistics: string }
  /** Bring a tab to the front. */
  | { type: 'show'; tab: 'overview' | 'try' | 'monitoring' | 'history' };

export type EndpointToHost =
  | { type: 'refresh' }
  | { type: 'abort' }
  | { type: 'putBack' }
  | { type: 'copyReport' }
  | { type: 'deployAgain'; model: string; config?: string }
  | { type: 'delete' }
  | { type: 'open'; link: string }
  | { type: 'openLog' }
  | { type: 'fireDrill'; alarm: string }
  | { type: 'wake' }
  | {
      type: 'invoke';
      body: string;
      contentType: string;
      accept?: string;
      variant?: string;
      /** The inference component or archive that is to answer. */
      target?: string;
      mode: 'once' | 'stream' | 'async';
      /** The body is the file that was chosen. */
      withFile?: boolean;
    }
  | { type: 'chooseFile' }
  | { type: 'dropFile' }
  | {
      type: 'load';
      body: string;
      contentType: string;
      target?: string;
      requests: number;
      atOnce: number;
      withFile?: boolean;
    }
  | { type: 'stopLoad' }
  | { type: 'readTargets' }
  | { type: 'readVersions' }
  | { type: 'planWeights'; weights: Record<string, string> }
  | { type: 'planShadow'; version: string; label: string; percent: string; instances: string }
  | { type: 'planNoShadow' }
  | { type: 'promoteShadow' }
  | { type: 'makeChange' }
  | { type: 'dropChange' }
  | { type: 'readMonitoring' }
  | { type: 'showFindings'; id: string }
  | { type: 'showCaptured'; hour: string }
  | { type: 'createMonitor'; kind: string; fields: Record<string, string>; image: string }
  | { type: 'runMonitor'; schedule: string; hours: number }
  | { type: 'switchSchedule'; schedule: string; to: 'start' | 'stop' | 'delete' }
  | { type: 'setThreshold'; threshold: number };

export const endpointPanel: PanelContract<EndpointArguments, EndpointToPanel, EndpointToHost> = {
  name: 'endpoint',
  icon: 'broadcast',
  key: ({ connection, endpoint }) => `${connection} ${endpoint}`,
  isArguments: shape({ connection: isString, endpoint: isString }),
};
