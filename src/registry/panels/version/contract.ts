/** What the page of a model version and its host tell each other. */
import type { Graph } from '../../../definition/graph/model';
import type { Section } from '../../../shared/facts';
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Difference } from '../../compare';

export interface VersionArguments {
  connection: string;
  /** The ARN of the model package. */
  arn: string;
}

export type Approval = 'Approved' | 'Rejected' | 'PendingManualApproval';

/** A number of the version's report, beside that of the version that it is compared with. */
export interface VersionMetric {
  name: string;
  value: number;
  /** Absent where the other has not got it. */
  other?: number;
}

/** What a release's gates ask of the model, judged for this version. */
export interface VersionGate {
  title: string;
  state: 'passed' | 'failed' | 'unknown';
  /** What was found, as a sentence, and what to do where it has not passed. */
  evidence: string;
  remedy?: string;
}

/** The version that this one is compared with. */
export interface OtherVersion {
  arn: string;
  /** `Version 2, approved` */
  label: string;
  differences: Difference[];
}

/** What a classifier took its examples for: counts. */
export interface Confusion {
  labels: string[];
  /** `matrix[actual][predicted]` */
  matrix: number[][];
}

/** Something that happened to the version, the newest last. */
export interface VersionEvent {
  /** Milliseconds since the epoch. */
  at?: number;
  text: string;
  comment?: string;
}

export interface VersionPage {
  group: string;
  version: number;
  /** The connection's label. */
  connection: string;
  approval: Approval;
  description?: string;
  metrics: VersionMetric[];
  /** Why there are no metrics, in a sentence. */
  noMetrics?: string;
  gates: VersionGate[];
  /** The versions that it can be compared with, the newest first. */
  others: { arn: string; label: string }[];
  /** The one that it is compared with: the chosen one, else the newest other that is approved. */
  other?: OtherVersion;
  confusion?: Confusion;
  /** What made it, and what it consists of. */
  made: Section[];
  /** Data, run, model: what came from what. */
  lineage: Graph;
  /** What the parts of the lineage lead to, by their ids. */
  links: Record<string, string>;
  events: VersionEvent[];
  /** What of the lineage could not be read, in a sentence. */
  lineageProblem?: string;
  /** Why some of the rest is not told, in sentences. */
  problems: string[];
  /** Its model card: as it is written, and to be read. */
  card?: { content: string; status: string; parts: Section[] };
  /** What the first card of the version could begin with. */
  cardDraft: string;
  /** The run that made it, and that of the other version: they can be compared. */
  comparable: boolean;
}

export type VersionToPanel =
  | { type: 'page'; page: VersionPage }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  /** A decision is under way, or has failed with this sentence. */
  | { type: 'busy'; busy: boolean; problem?: string }
  /** The card was written, or was not with this sentence. */
  | { type: 'cardSaved'; problem?: string };

export type VersionToHost =
  | { type: 'decide'; approval: string; comment: string }
  | { type: 'open'; link: string }
  | { type: 'compare' }
  | { type: 'deploy' }
  | { type: 'transform' }
  /** Compares with another version; with an empty ARN with the approved one again. */
  | { type: 'against'; arn: string }
  | { type: 'exportCard' }
  /** Writes the card, in place of the content that the page had. */
  | { type: 'saveCard'; content: string; before: string }
  | { type: 'refresh' };

export const versionPanel: PanelContract<VersionArguments, VersionToPanel, VersionToHost> = {
  name: 'version',
  icon: 'package',
  key: ({ connection, arn }) => `${connection} ${arn}`,
  isArguments: shape({ connection: isString, arn: isString }),
};
