/** What the panel of approvals and its host tell each other. Times are milliseconds since the epoch. */
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Verb } from '../../verbs';

/** All approvals of all followed pipelines stand in one panel. */
export interface ApprovalsArguments {
  connection: string;
}

/** What a run brings, in words. */
export interface Promoted {
  /** A commit, or the id of a run that has none. */
  id: string;
  subject?: string;
  at?: number;
}

export interface ShownModel {
  arn: string;
  title: string;
  approval: string;
  metrics: (readonly [name: string, value: number])[];
}

/** An approval that waits, and what would be promoted by it. */
export interface ApprovalCard {
  key: string;
  /** Where it waits: a connection, or a server of GitHub. */
  connection: string;
  /** What the button says that opens what waits. */
  opens: string;
  isProduction: boolean;
  pipeline: string;
  stage: string;
  action: string;
  since?: number;
  promotes: Promoted;
  replaces?: Promoted;
  /** Newer runs that wait behind it, the newest last. */
  behind: Promoted[];
  warning?: string;
  approve: Verb;
  reject: Verb;
  /** The subjects of the commits that are new; absent until they are read, or where git here does not know them. */
  commits?: string[];
  canCompare: boolean;
  models: ShownModel[];
  /** Why something of it is missing. */
  problem?: string;
  /** Whether commits and models are read. */
  isRead: boolean;
  note?: string;
  link?: string;
}

export type ApprovalsToPanel =
  | { type: 'approvals'; cards: ApprovalCard[] }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  /** An approval is being decided, or what stands against it. */
  | { type: 'deciding'; key: string; busy: boolean; problem?: string }
  | { type: 'focus'; key: string };

export type ApprovalsToHost =
  | { type: 'decide'; key: string; approve: boolean; comment: string }
  | { type: 'compare'; key: string }
  | { type: 'openPipeline'; key: string }
  | { type: 'openModel'; key: string; arn: string }
  | { type: 'openLink'; key: string }
  | { type: 'refresh' };

export const approvalsPanel: PanelContract<ApprovalsArguments, ApprovalsToPanel, ApprovalsToHost> = {
  name: 'approvals',
  icon: 'checklist',
  key: ({ connection }) => connection,
  isArguments: shape({ connection: isString }),
};
