/**
 * What the dialog of a flow action (start, finish, …) and its host tell each other. The host computes options,
 * checks and plan; the panel shows them and sends back what the user chose.
 */
import { isString, shape } from '../../../../shared/guards';
import type { PanelContract } from '../../../../shared/panel-contract';

export interface FlowArguments {
  /** The repository's root, as a URI. */
  repository: string;
  /** `finish` */
  action: string;
  /** `release` */
  kind: string;
  /** The branch's name without its prefix. */
  name: string;
  /** The connection in use when the dialog opened: gates ask it where the branch has no environment. */
  connection: string;
}

interface OptionBase {
  id: string;
  /** Options of one group stand together under this heading. */
  group: string;
  label: string;
  description?: string;
  /** Why it cannot be chosen now. Absent: it can. */
  disabled?: string;
}

/** A choice that the user has, driven by data so that a new option is no change of the panel. */
export type FlowOption =
  | (OptionBase & { kind: 'boolean'; value: boolean })
  | (OptionBase & {
      kind: 'choice';
      value: string;
      choices: { value: string; label: string; description?: string; disabled?: string }[];
    })
  | (OptionBase & { kind: 'text'; value: string; placeholder?: string; multiline?: boolean; problem?: string });

/** Something that must hold. */
export interface FlowCheck {
  id: string;
  label: string;
  state: 'ok' | 'failed' | 'unknown' | 'checking';
  /** The evidence, or what is wrong and how to go on. */
  text: string;
  /** What the user can do about it or look at: sent back as `act`. */
  actions?: { id: string; label: string }[];
}

export interface FlowPlanStep {
  title: string;
  /** The commands with their arguments: `[['git', 'checkout', 'develop']]`. */
  commands: string[][];
  progress?: 'pending' | 'running' | 'done' | 'failed' | 'conflict' | 'skipped';
  /** What git said, where that matters. */
  detail?: string;
}

export interface FlowDialog {
  /** `Finish Release 1.2.0` */
  title: string;
  /** What will have happened, in a sentence. */
  summary?: string;
  /** The name of the repository's folder. */
  repository: string;
  /** The label of the main button: `Finish Release`. */
  submit: string;
  options: FlowOption[];
  /** What git needs. A failed one stops the action. */
  preconditions: FlowCheck[];
  /** What the team asks for. A failed one is overridden with a reason. */
  gates: FlowCheck[];
  plan: FlowPlanStep[];
  /**
   * `choose`: options are open. `running`: the plan is being executed. `conflict`: it waits for files to be
   * resolved. `failed`: a step failed. `done`: all is done. `undone`: everything is back as it was.
   */
  phase: 'choose' | 'running' | 'conflict' | 'failed' | 'done' | 'undone';
  /** What happened and what to do next, for the phases after `choose`. */
  message?: string;
  /** Files to resolve, relative to the repository. */
  conflicts?: { path: string; resolved: boolean }[];
  canResume?: boolean;
  canUndo?: boolean;
}

export type FlowToPanel =
  | { type: 'dialog'; dialog: FlowDialog }
  /** The plan is being computed anew for changed options. */
  | { type: 'busy'; busy: boolean };

export type FlowToHost =
  | { type: 'change'; id: string; value: string | boolean }
  /** `reason` is given where a gate that is not ok is overridden. */
  | { type: 'submit'; reason?: string }
  /** Show the plan as a document. */
  | { type: 'showPlan' }
  | { type: 'act'; check: string; action: string }
  | { type: 'openFile'; path: string }
  | { type: 'proceed'; how: 'resume' | 'undo' | 'leave' }
  /** Close the dialog; while the plan runs, stop it after the step under way. */
  | { type: 'cancel' };

export const flowPanel: PanelContract<FlowArguments, FlowToPanel, FlowToHost> = {
  name: 'flow',
  icon: 'git-merge',
  key: (args) => `${args.repository} ${args.action} ${args.kind} ${args.name}`,
  isArguments: shape({ repository: isString, action: isString, kind: isString, name: isString, connection: isString }),
};
