import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { type Disposable, type TreeView, window } from 'vscode';
import { formatAge, formatDuration, shortId } from '../shared/format';
import { contextKeys, messageOf, messageRow, type Row, type RowIcon, RowTree } from '../workbench';
import type { RunStatus, StepStatus } from './model';
import { type Execution, isSettled, listExecutions, listPipelines, listSteps } from './service';
import type { PipelineServices } from './services';
import type { DefinitionFile, WorkspaceDefinitions } from './workspace';

const KEY = 'pipelines tree';

/** The rows' data that commands of the tree get. */
export interface PipelineRow extends Row {
  pipeline: string;
  definition?: DefinitionFile;
}

export interface ExecutionRow extends Row {
  execution: Execution;
}

/** How the states of runs and steps look in trees and lenses. */
export const STATUS_ICONS: Record<RunStatus | StepStatus, RowIcon> = {
  Pending: { icon: 'circle-outline' },
  Starting: { icon: 'loading~spin', color: 'charts.blue' },
  Executing: { icon: 'loading~spin', color: 'charts.blue' },
  Stopping: { icon: 'loading~spin', color: 'charts.orange' },
  Stopped: { icon: 'circle-slash', color: 'charts.orange' },
  Failed: { icon: 'error', color: 'testing.iconFailed' },
  Succeeded: { icon: 'pass', color: 'testing.iconPassed' },
  NotRun: { icon: 'circle-outline', color: 'disabledForeground' },
};

/**
 * The Pipelines view: the definitions of the workspace and the pipelines of the connection, below each its
 * executions, below each of them its steps. While the view can be seen, what is expanded is followed.
 */
export class PipelinesTree implements Disposable {
  private readonly tree: RowTree;
  private readonly view: TreeView<Row>;
  private readonly expanded = new Set<string>();
  private readonly shown = new Map<string, string>();
  /** The newest executions of the pipelines that are followed, from the last poll; the rows are made of them. */
  private readonly listed = new Map<string, readonly Execution[]>();
  /** The connection's pipelines as they were listed last; undefined before the first answer. */
  private names: string[] | undefined;
  private trouble: string | undefined;
  private readonly disposables: Disposable[];
  private watching: { dispose(): void } | undefined;

  constructor(
    private readonly services: PipelineServices,
    private readonly definitions: WorkspaceDefinitions,
  ) {
    this.tree = new RowTree('pipelines', () => this.roots());
    this.view = window.createTreeView('mlopsFlow.pipelines', { treeDataProvider: this.tree, showCollapseAll: true });
    this.disposables = [
      this.tree,
      this.view,
      this.view.onDidExpandElement(({ element }) => void this.expanded.add(element.id)),
      this.view.onDidCollapseElement(({ element }) => void this.expanded.delete(element.id)),
      this.view.onDidChangeVisibility(({ visible }) => (visible ? this.watch() : this.rest())),
      definitions.onDidChange(() => this.tree.refresh()),
    ];
    if (this.view.visible) this.watch();
  }

  /** Shows the connection's pipelines anew, from nothing. */
  reset(): void {
    this.shown.clear();
    this.listed.clear();
    this.names = undefined;
    this.trouble = undefined;
    this.tree.refresh();
    if (this.watching) void this.services.watcher.refresh(KEY);
  }

  /** Asks the service now. */
  refresh(): void {
    if (this.watching) void this.services.watcher.refresh(KEY);
    else this.tree.refresh();
  }

  /** The newest known execution of a pipeline, for the CodeLens above its definition. */
  latestOf(pipeline: string): Execution | undefined {
    return this.listed.get(pipeline)?.[0];
  }

  dispose(): void {
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch(
      {
        key: KEY,
        interval: Math.max(1_500, this.services.pollInterval(this.services.connections.active) * 3),
        poll: () => this.follow(),
        settled: () => false,
      },
      { value: () => undefined, failed: (error) => this.fail(error) },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  /** Reloads the parts of the tree that have changed since they were shown. */
  private async follow(): Promise<void> {
    const session = await this.services.connections.session();
    const names = (await listPipelines(session)).map(({ PipelineName = '' }) => PipelineName);
    this.names = names;
    if (this.differs('', names) || this.trouble !== undefined) {
      this.trouble = undefined;
      this.tree.refresh();
    }
    const local = new Set((await this.definitions.list()).map(({ pipeline }) => pipeline));
    const followed = names.filter((name) => local.has(name) || this.expanded.has(pipelineId(name)));
    for (const name of this.listed.keys()) if (!followed.includes(name)) this.listed.delete(name);
    await Promise.all(
      followed.map(async (name) => {
        const executions = await listExecutions(session, name);
        this.listed.set(name, executions);
        const rows = executions.map((execution) => this.executionRow(execution));
        if (this.differs(pipelineId(name), rows)) this.tree.refresh(pipelineId(name));
        const moving = executions.filter(({ arn, status }) => !isSettled(status) && this.expanded.has(arn));
        for (const { arn } of moving) this.tree.refresh(arn);
      }),
    );
  }

  private differs(id: string, content: unknown): boolean {
    const text = JSON.stringify(content);
    const changed = this.shown.get(id) !== text;
    this.shown.set(id, text);
    return changed;
  }

  private fail(error: unknown): void {
    const trouble = messageOf(error);
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.tree.refresh();
  }

  /** The workspace's definitions at once, whatever the connection does; its pipelines when they have been listed. */
  private async roots(): Promise<Row[]> {
    const files = await this.definitions.list();
    const names = this.names ?? [];
    const rows = [...new Set([...names, ...files.map(({ pipeline }) => pipeline)])].map((name) =>
      this.pipelineRow(
        name,
        files.find(({ pipeline }) => pipeline === name),
        names.includes(name),
      ),
    );
    contextKeys.set('mlopsFlow.pipelinesListed', this.names !== undefined || this.trouble !== undefined);
    if (this.trouble === undefined) return rows;
    const again = { command: 'mlopsFlow.refreshPipelines', title: 'Try Again' };
    return [messageRow('#trouble', this.trouble, 'warning', again), ...rows];
  }

  private pipelineRow(name: string, definition: DefinitionFile | undefined, exists: boolean): PipelineRow {
    const context = ['pipeline', ...(definition ? ['defined'] : []), ...(exists ? ['created'] : [])].join(' ');
    return {
      id: pipelineId(name),
      label: name,
      description: definition ? definition.path : 'no definition in this workspace',
      icon: { icon: 'type-hierarchy-sub' },
      context,
      pipeline: name,
      expanded: definition !== undefined,
      ...(definition ? { definition } : {}),
      children: () => this.executions(name, exists),
    };
  }

  private async executions(pipeline: string, exists: boolean): Promise<Row[]> {
    const none = messageRow(`${pipelineId(pipeline)}#none`, 'No runs yet', 'play', {
      command: 'mlopsFlow.runPipeline',
      title: 'Run Pipeline…',
      arguments: [{ pipeline }],
    });
    if (!exists && this.trouble !== undefined) return [];
    if (this.names === undefined)
      return [messageRow(`${pipelineId(pipeline)}#listing`, 'Looking for runs…', 'loading~spin')];
    if (!exists) return [none];
    const executions =
      this.listed.get(pipeline) ?? (await listExecutions(await this.services.connections.session(), pipeline));
    this.listed.set(pipeline, executions);
    return executions.length > 0 ? executions.map((execution) => this.executionRow(execution)) : [none];
  }

  private executionRow(execution: Execution): ExecutionRow {
    const { arn, name, status, start, provenance } = execution;
    const origin = provenance?.commit ? `${shortId(provenance.commit)}${provenance.dirty ? '*' : ''}` : undefined;
    const abilities =
      status === 'Executing' ? ' stoppable' : status === 'Failed' || status === 'Stopped' ? ' retryable' : '';
    return {
      id: arn,
      label: name,
      description: [status, start ? formatAge(start.getTime(), Date.now()) : undefined, provenance?.branch, origin]
        .filter((part) => part !== undefined)
        .join(' · '),
      tooltip: execution.failureReason ? `${status}: ${execution.failureReason}` : `${name} · ${status}`,
      icon: STATUS_ICONS[status],
      context: `execution${abilities}`,
      accessibleLabel: `Run ${name}, ${status}`,
      command: { command: 'mlopsFlow.openRun', title: 'Open Run Graph', arguments: [arn] },
      execution,
      children: async () => {
        const steps = await listSteps(await this.services.connections.session(), arn);
        return steps.map((step) => this.stepRow(arn, step));
      },
    };
  }

  private stepRow(arn: string, step: PipelineExecutionStep): Row {
    const { StepName = '', StepStatus = 'Starting', StartTime, EndTime, FailureReason, Metadata } = step;
    const took = StartTime && EndTime ? formatDuration(EndTime.getTime() - StartTime.getTime()) : undefined;
    const outcome = Metadata?.Condition?.Outcome;
    return {
      id: `${arn}#${StepName}`,
      label: StepName,
      description: [StepStatus, outcome, took].filter((part) => part !== undefined).join(' · '),
      tooltip: FailureReason ?? `${StepName} · ${StepStatus}`,
      icon: STATUS_ICONS[StepStatus],
      context: 'step',
      accessibleLabel: `Step ${StepName}, ${StepStatus}`,
      command: { command: 'mlopsFlow.openRun', title: 'Open Step', arguments: [arn, undefined, StepName] },
    };
  }
}

function pipelineId(name: string): string {
  return `pipeline ${name}`;
}
