/** What the form that starts a run and its host tell each other. */
import { isString, optional, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Provenance } from '../../model';

export interface RunFormArguments {
  /** The id of the connection that the run goes to, unless an environment is chosen. */
  connection: string;
  /** The definition's URI, where the form was opened from a file. */
  definition?: string;
  /** The pipeline's name, where it was opened from the tree. */
  pipeline?: string;
  /** The ARN of the run whose values it begins with. */
  again?: string;
}

export type ParameterType = 'String' | 'Integer' | 'Float' | 'Boolean';

/** A parameter of the definition. Values are strings, as the service takes them. */
export interface FormParameter {
  name: string;
  type: ParameterType;
  /** Absent: the parameter is required. */
  default?: string;
  enum?: string[];
  description?: string;
}

/** Where the run would go. */
export interface FormEnvironment {
  id: string;
  /** `staging` */
  label: string;
  /** `Local`, or profile, account and region. */
  connection: string;
  /** Values that this environment sets in place of the defaults. */
  overrides: Record<string, string>;
  /** Why a run cannot go there now. */
  problem?: string;
}

export interface RunForm {
  pipeline: string;
  /** The definition's path in the workspace. */
  file?: string;
  parameters: FormParameter[];
  environments: FormEnvironment[];
  /** The id of the one offered first. */
  environment: string;
  provenance: Provenance;
  /** The values of the last run from here, offered but not taken unasked. */
  last?: { label: string; values: Record<string, string> };
  displayName?: string;
  /** The values that the form begins with, and whose they are. */
  begin?: { label: string; values: Record<string, string> };
}

export type RunFormToPanel =
  | { type: 'form'; form: RunForm }
  /** The work tree or the definition changed while the form stands open. */
  | { type: 'provenance'; provenance: Provenance }
  /**
   * The start is under way, or has failed with this sentence; `missing` has the S3 locations of data that Local has not.
   * On success the host closes the panel.
   */
  | { type: 'progress'; busy: boolean; problem?: string; missing?: string[] };

export type RunFormToHost =
  /** `values` holds what differs from the definition's defaults. */
  | { type: 'run'; environment: string; displayName?: string; values: Record<string, string> }
  | { type: 'cancel' }
  /** Files or folders of this machine are to stand for the data that is missing. */
  | { type: 'useLocalData' }
  | { type: 'show'; what: 'definition' | 'changes' };

export const runFormPanel: PanelContract<RunFormArguments, RunFormToPanel, RunFormToHost> = {
  name: 'run-form',
  icon: 'play',
  key: ({ connection, definition, pipeline, again }) => {
    return [connection, definition ?? pipeline ?? '', ...(again === undefined ? [] : [again])].join(' ');
  },
  isArguments: shape({
    connection: isString,
    definition: optional(isString),
    pipeline: optional(isString),
    again: optional(isString),
  }),
};
