/** What the finish dialog shows, from what is known. No VS Code here. */
import type { FlowCheck, FlowDialog, FlowPlanStep } from './contract';
import type { JournalView, Outcome, Plan, Planned, Refusal, StepState } from '../../../index';
import type { GateReport, GateResult } from '../../../lifecycle/index';
import { finishOptions, type Circumstances, type FinishValues } from './options';
import { roleTitle } from '../../rows';

/** How far the action is. */
export type Progress =
  | { phase: 'choose' }
  | { phase: 'running'; plan: Plan; steps: readonly StepState[] }
  | { phase: 'stopped'; journal: JournalView; conflicts: readonly string[] }
  | {
      phase: 'ended';
      outcome: Extract<Outcome, { status: 'done' | 'undone' }>;
      plan: Plan;
      steps: readonly StepState[];
    };

/** The gates: none asked for, being judged, or judged. */
export type Gates = { state: 'none' } | { state: 'checking' } | { state: 'judged'; report: GateReport };

export interface FinishView {
  repository: string;
  circumstances: Circumstances;
  values: FinishValues;
  /** Undefined while it is computed for the first time. */
  planned: Planned | undefined;
  gates: Gates;
  progress: Progress;
}

export function finishDialog(view: FinishView): FlowDialog {
  const { circumstances, values, planned, progress } = view;
  const tagging = circumstances.action === 'tag';
  const action = tagging ? 'Tag Release' : `Finish ${roleTitle(circumstances.kind)}`;
  const base = {
    title: `${action} ${circumstances.name}${tagging ? ` on ${circumstances.base}` : ''}`,
    repository: view.repository,
    submit: action,
    options: progress.phase === 'choose' ? finishOptions(circumstances, values) : [],
    preconditions: progress.phase === 'choose' ? preconditions(planned) : [],
    gates: gateChecks(view.gates),
  };
  switch (progress.phase) {
    case 'choose':
      return { ...base, ...summaryOf(planned), plan: planned?.ok ? planSteps(planned.plan, []) : [], phase: 'choose' };
    case 'running':
      return { ...base, plan: planSteps(progress.plan, progress.steps), phase: 'running' };
    case 'stopped':
      return { ...base, ...stopped(progress.journal, progress.conflicts) };
    default:
      return {
        ...base,
        plan: planSteps(progress.plan, progress.steps),
        phase: progress.outcome.status,
        message: endMessage(progress.outcome),
        canUndo: progress.outcome.status === 'done' && !isPushed(progress.plan),
      };
  }
}

function summaryOf(planned: Planned | undefined): { summary?: string } {
  return planned?.ok
    ? { summary: `In the end: ${sentences([...planned.plan.summary, ...planned.plan.warnings])}` }
    : {};
}

function preconditions(planned: Planned | undefined): FlowCheck[] {
  if (planned === undefined) return [{ id: 'git', label: 'What Git needs', state: 'checking', text: '' }];
  if (planned.ok) return [{ id: 'git', label: 'What Git needs', state: 'ok', text: 'Everything is as it has to be.' }];
  return planned.refusals.map((refusal) => ({
    id: refusal.code,
    label: refusalLabel(refusal),
    state: 'failed',
    text: refusal.message,
    actions: refusalActions(refusal),
  }));
}

function refusalLabel({ code }: Refusal): string {
  switch (code) {
    case 'dirty':
      return 'Uncommitted changes';
    case 'conflicts':
    case 'in-progress':
      return 'Another operation is in progress';
    case 'journal':
      return 'Another flow action is in progress';
    case 'behind':
    case 'diverged':
      return 'Not up to date with the remote';
    case 'tag-exists':
    case 'tag-elsewhere':
      return 'The tag';
    case 'checked-out-elsewhere':
      return 'Checked out in another working tree';
    default:
      return 'What Git needs';
  }
}

function refusalActions({ code }: Refusal): { id: string; label: string }[] {
  const again = { id: 'recheck', label: 'Check Again' };
  switch (code) {
    case 'dirty':
      return [{ id: 'stash', label: 'Stash' }, { id: 'scm', label: 'Source Control' }, again];
    case 'journal':
      return [
        { id: 'resume', label: 'Resume' },
        { id: 'undo', label: 'Undo' },
      ];
    case 'conflicts':
    case 'in-progress':
      return [{ id: 'scm', label: 'Source Control' }, again];
    default:
      return [again];
  }
}

function gateChecks(gates: Gates): FlowCheck[] {
  if (gates.state === 'none') return [];
  if (gates.state === 'checking') {
    return [{ id: 'gates', label: 'What the team asks for', state: 'checking', text: '' }];
  }
  return gates.report.gates.map((gate) => ({
    id: gate.id,
    label: gate.title,
    state: gate.state === 'passed' ? 'ok' : gate.state,
    text: [gate.evidence, gate.remedy].filter(Boolean).join(' '),
    actions: gateActions(gate),
  }));
}

function gateActions(gate: GateResult): { id: string; label: string }[] {
  const open = gate.state !== 'passed';
  return [
    ...(gate.model === undefined ? [] : [{ id: 'showModel', label: 'Show Model' }]),
    ...(gate.run === undefined ? [] : [{ id: 'showRun', label: 'Show Run' }]),
    ...(open && gate.run === undefined && gate.id === 'run' ? [{ id: 'runPipeline', label: 'Run Pipeline' }] : []),
    ...(open && gate.program ? [{ id: 'render', label: 'Render with Python' }] : []),
    ...(open && gate.id === 'tree' ? [{ id: 'runMerge', label: 'Check Out the Merge' }] : []),
    ...(open && gate.id === 'cleanTree' ? [{ id: 'scm', label: 'Source Control' }] : []),
    ...(open && (gate.id === 'definitions' || gate.id === 'config')
      ? [{ id: 'openConfig', label: 'Open Configuration' }]
      : []),
    ...(open ? [{ id: 'recheckGates', label: 'Check Again' }] : []),
  ];
}

function planSteps(plan: Plan, states: readonly StepState[]): FlowPlanStep[] {
  const fetches: FlowPlanStep[] = plan.fetches.map(({ remote, branches }) => ({
    title: `Fetch from ${remote}`,
    commands: [['git', 'fetch', remote, ...branches]],
    ...(states.length > 0 ? { progress: 'done' } : {}),
  }));
  const steps = plan.steps.map((step): FlowPlanStep => {
    const state = states[step.index];
    return { title: step.title, commands: step.commands, ...(state === undefined ? {} : { progress: state }) };
  });
  return [...fetches, ...steps];
}

function stopped(
  journal: JournalView,
  conflicts: readonly string[],
): Pick<FlowDialog, 'plan' | 'phase' | 'message' | 'conflicts' | 'canResume' | 'canUndo'> {
  const open = new Set(conflicts);
  const all = [...new Set([...journal.files, ...conflicts])];
  const waits = journal.status === 'conflict';
  return {
    plan: planSteps(journal.plan, journal.steps),
    phase: waits ? 'conflict' : 'failed',
    message: waits && open.size === 0 ? 'Every conflict is resolved. Resume continues from here.' : journal.message,
    conflicts: waits ? all.map((path) => ({ path, resolved: !open.has(path) })) : [],
    // The panel lets it be chosen when nothing is left to resolve.
    canResume: true,
    canUndo: true,
  };
}

/** Others may have what was pushed. */
function isPushed({ steps }: Plan): boolean {
  return steps.some(({ work }) => work.do === 'push' || work.do === 'pushAllTags');
}

function endMessage(outcome: Extract<Outcome, { status: 'done' | 'undone' }>): string {
  return outcome.status === 'done' ? sentences([...outcome.summary, ...outcome.warnings]) : outcome.message;
}

/** Lines as sentences of one paragraph. */
function sentences(lines: readonly string[]): string {
  return lines.map((line) => (/[.!?]$/.test(line) ? line : `${line}.`)).join(' ');
}
