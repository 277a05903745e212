/** What the page of a model version and its host tell each other. */
import type { Graph } from '../../../definition/graph/model';
import type { Section } from '../../../shared/facts';
import { isString, messageGuard, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';

export interface VersionArguments {
  connection: string;
  /** The ARN of the model package. */
  arn: string;
}

export type Approval = 'Approved' | 'Rejected' | 'PendingManualApproval';

/** A number of the version's report, beside that of the version that is approved now. */
export interface VersionMetric {
  name: string;
  value: number;
  /** Absent where the other has not got it. */
  approved?: number;
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
  /** The version that the metrics are measured by: the newest that is approved, beside this one. */
  approved?: { arn: string; label: string };
  confusion?: Confusion;
  /** What made it, and what it consists of. */
  made: Section[];
  /** Data, run, model: what came from what. */
  lineage: Graph;
  /** What the parts of the lineage lead to, by their ids. */
  links: Record<string, string>;
  events: VersionEvent[];
  /** The content of its model card. */
  card?: string;
  /** The run that made it, and that of the approved version: they can be compared. */
  comparable: boolean;
}

export type VersionToPanel =
  | { type: 'page'; page: VersionPage }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  /** A decision is under way, or has failed with this sentence. */
  | { type: 'busy'; busy: boolean; problem?: string };

export type VersionToHost =
  | { type: 'decide'; approval: string; comment: string }
  | { type: 'open'; link: string }
  | { type: 'compare' }
  | { type: 'deploy' }
  | { type: 'transform' }
  | { type: 'saveCard' }
  | { type: 'refresh' };

export const versionPanel: PanelContract<VersionArguments, VersionToPanel, VersionToHost> = {
  name: 'version',
  icon: 'package',
  key: ({ connection, arn }) => `${connection} ${arn}`,
  isArguments: shape({ connection: isString, arn: isString }),
  isToHost: messageGuard<VersionToHost>({
    decide: { approval: isString, comment: isString },
    open: { link: isString },
    compare: {},
    deploy: {},
    transform: {},
    saveCard: {},
    refresh: {},
  }),
};
