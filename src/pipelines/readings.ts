/** What the rows of the Pipelines view are made of, loaded with the first look at it. */
import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { abreast, type Connection, isDenied, type Paged, type Session } from '../aws';
import { formatAge, formatDuration, formatNumber, shortId } from '../shared/format';
import { rowIcon, statusFaces } from '../shared/status';
import type { Maker } from '../sources/model';
import type { PipelineSource } from '../sources/source';
import { contextKeys, type LiveRow, reasonOf, type Reading } from '../workbench';
import { type Execution, isSettled } from './model';
import { type StepMenu, stepMenu } from './panels/run-graph/step-kinds';
import { MeasurementReader, tellingMetrics } from './reading';
import { type ExecutionRow, type PipelineRow, runsId, type StepRow } from './rows';
import { listSteps, pageExecutions, pagePipelines } from './service';
import type { RoomServices } from './services';
import type { DefinitionFile } from './workspace';

/** The tree is looked at less often than an open run: so many of its intervals. */
const calm = 3;
/** Milliseconds. */
const shortestInterval = 1500;
/** Milliseconds between looks at what does not move, on AWS: others may have made or started something. */
const idleInterval = 60_000;

/** So many of the newest runs stand with what they measured: on AWS that takes some requests each, once. */
const measuredOnLocal = 10;
const measuredOnAws = 3;

/** What a run measured, in the order of how much it tells, and why not all of it is there. */
interface RunMetrics {
  metrics: ReturnType<typeof tellingMetrics>;
  problem?: Error;
}

/** The executions of a pipeline that are listed, and what some of them measured, by ARN. */
interface Runs extends Paged<Execution> {
  measured: ReadonlyMap<string, RunMetrics>;
}

/** The readings of pipelines, their executions and the steps of these. */
export class PipelineReadings {
  private readonly measurements = new MeasurementReader();
  /** What runs measured that have come to rest, by connection and ARN: it changes no more. */
  private readonly measured = new Map<string, RunMetrics>();

  /** @param prefix what the names of the pipelines begin with that are listed now */
  constructor(
    private readonly services: RoomServices,
    private readonly prefix: () => string,
  ) {}

  /** The workspace's definitions at once, whatever the connection does; its pipelines when they have been listed. */
  pipelines(connection: Connection): Reading<Session, Paged<string>> {
    return {
      id: 'pipelines',
      loading: 'Looking for pipelines…',
      interval: () => this.idleInterval(connection),
      read: (session, _signal, before, pages) => pagePipelines(session, this.prefix(), pages, before),
      more: ({ next }) => next !== undefined,
      rows: async (listed) => {
        const names = listed?.items;
        if (names) contextKeys.set('mlopsFlow.runs', names.length === 0 ? 'none' : 'some');
        const [files, programs] = await Promise.all([this.services.definitions.list(), this.services.sources.list()]);
        const named = new Set(files.map(({ uri }) => uri.toString()));
        const sources = programs.filter(({ uri }) => !named.has(uri.toString()));
        const made = sources.flatMap(({ name }) => name ?? []);
        const all = new Set([...(names ?? []), ...files.map(({ pipeline }) => pipeline), ...made]);
        const wanted = [...all].filter((name) => name.startsWith(this.prefix()));
        const known = new Set(names);
        // What is not on the pages that were read may be on another.
        const exists = (name: string): boolean | undefined =>
          known.has(name) || (listed?.next === undefined ? names && false : undefined);
        const rows = wanted.map((name) =>
          this.pipelineRow(
            connection,
            name,
            files.find(({ pipeline }) => pipeline === name) ?? sources.find((source) => source.name === name),
            exists(name),
          ),
        );
        // Of some the name is known when the script has run; others have a name that another has, too.
        const shown = new Set(rows.flatMap(({ source }) => source ?? []));
        const more = sources.filter((source) =>
          source.name === undefined ? this.prefix() === '' : wanted.includes(source.name) && !shown.has(source),
        );
        return [...rows, ...more.map((source) => this.sourceRow(connection, source))];
      },
    };
  }

  /** @param exists undefined as long as the pipelines are not listed */
  private pipelineRow(
    connection: Connection,
    pipeline: string,
    from: DefinitionFile | PipelineSource | undefined,
    exists: boolean | undefined,
  ): PipelineRow {
    const row = {
      id: runsId(pipeline),
      label: pipeline,
      description: from ? from.path : 'no definition in this workspace',
      icon: { icon: 'type-hierarchy-sub' },
      context: [
        'pipeline',
        ...(from ? ['defined'] : []),
        ...(from && 'maker' in from ? ['source'] : []),
        ...(exists ? ['created'] : []),
      ].join(' '),
      connection,
      pipeline,
      expanded: from !== undefined,
      ...(from && ('maker' in from ? { source: from } : { definition: from })),
    };
    const none = { ...noRuns(pipeline), connection, pipeline };
    return { ...row, below: exists === false ? [none] : this.runs(connection, pipeline, none) };
  }

  /** A program whose pipeline has no name that can be read. */
  private sourceRow(connection: Connection, source: PipelineSource): PipelineRow {
    const { maker, path, line } = source;
    const called = calledIn(maker);
    return {
      id: `source ${path}:${line}`,
      label: source.name ?? path.slice(path.lastIndexOf('/') + 1),
      description: `${called} · ${path}`,
      tooltip: source.name
        ? `${path}: another definition has this name, too.`
        : maker.kind === 'template' || maker.kind === 'definition'
          ? `${path}: the definition has no name of its own.`
          : `${path}: the name of its pipeline is known when the script has run.`,
      icon: { icon: sourceIcons[maker.kind] ?? 'symbol-method' },
      context: 'pipeline defined source',
      connection,
      pipeline: source.name ?? '',
      source,
    };
  }

  private runs(connection: Connection, pipeline: string, empty: LiveRow<Session>): Reading<Session, Runs> {
    return {
      id: runsId(pipeline),
      loading: 'Looking for runs…',
      interval: (executions) =>
        executions?.items.some(({ status }) => !isSettled(status))
          ? this.interval(connection)
          : this.idleInterval(connection),
      read: async (session, _signal, before, pages, show) => {
        const listed = await pageExecutions(session, pipeline, pages, before);
        show(this.withMetrics(connection, listed));
        await this.measure(session, listed.items, before === undefined);
        return this.withMetrics(connection, listed);
      },
      more: ({ next }) => next !== undefined,
      rows: (executions) =>
        (executions?.items ?? []).map((execution) =>
          this.executionRow(connection, execution, executions?.measured.get(execution.arn)),
        ),
      empty,
    };
  }

  /** Reads what the newest runs measured, as far as that is not known; what could not be read, when all is read `anew`. */
  private async measure(session: Session, executions: readonly Execution[], anew: boolean): Promise<void> {
    const { connection } = session;
    const newest = executions
      .filter(({ status }) => status === 'Succeeded')
      .slice(0, connection.kind === 'local' ? measuredOnLocal : measuredOnAws)
      .filter(({ arn }) => {
        const known = this.measured.get(`${connection.id} ${arn}`);
        return !known || (anew && known.problem !== undefined);
      });
    await abreast(newest, 1, async ({ arn }) => {
      const { metrics, problems } = await this.measurements.read(session, { arn }, false);
      const [problem] = problems;
      this.measured.set(`${connection.id} ${arn}`, {
        metrics: tellingMetrics(metrics),
        ...(problem ? { problem } : {}),
      });
    });
  }

  private withMetrics(connection: Connection, listed: Paged<Execution>): Runs {
    const measured = listed.items.flatMap(({ arn }) => {
      const metrics = this.measured.get(`${connection.id} ${arn}`);
      return metrics ? [[arn, metrics] as const] : [];
    });
    return { ...listed, measured: new Map(measured) };
  }

  private executionRow(connection: Connection, execution: Execution, known: RunMetrics | undefined): ExecutionRow {
    const { arn, name, status, start, provenance } = execution;
    const origin = provenance?.commit ? `${shortId(provenance.commit)}${provenance.dirty ? '*' : ''}` : undefined;
    const metrics = (known?.metrics ?? []).map(({ name: metric, value }) => `${metric} ${formatNumber(value)}`);
    // The most telling one; the tooltip and the graph have more.
    const [measured] = metrics;
    const unread = known?.problem && isDenied(known.problem) ? reasonOf(known.problem) : undefined;
    const abilities =
      status === 'Executing' ? ' stoppable' : status === 'Failed' || status === 'Stopped' ? ' retryable' : '';
    return {
      id: arn,
      label: name,
      // The numbers first, since a narrow view cuts the end, and the icon says how it ended.
      description: [
        measured,
        status,
        start ? formatAge(start.getTime(), Date.now()) : undefined,
        provenance?.branch,
        origin,
        unread,
      ]
        .filter((part) => part !== undefined)
        .join(' · '),
      tooltip: execution.failureReason
        ? `${status}: ${execution.failureReason}`
        : [`${name} · ${status}`, ...metrics].join('\n'),
      icon: rowIcon(statusFaces[status]),
      context: `execution${abilities}${provenance?.commit ? ' committed' : ''}`,
      accessibleLabel: [`Run ${name}`, status, measured].filter((part) => part !== undefined).join(', '),
      command: { command: 'mlopsFlow.openRun', title: 'Open Run Graph', arguments: [arn, connection.id] },
      connection,
      execution,
      below: this.steps(connection, execution),
    };
  }

  private steps(connection: Connection, execution: Execution): Reading<Session, readonly PipelineExecutionStep[]> {
    const { arn, status } = execution;
    return {
      id: arn,
      loading: 'Looking for steps…',
      interval: () => this.interval(connection),
      read: (session) => listSteps(session, arn),
      rows: (steps = []) => {
        const region = connection.kind === 'local' ? undefined : arn.split(':')[3];
        return steps.map((step) => stepRow(connection, arn, step, stepMenu(step, region)));
      },
      settled: (steps) => isSettled(status) && steps.every(({ StepStatus = '' }) => isSettled(StepStatus)),
      empty: { id: `${arn}#none`, label: 'No step has been reached', icon: { icon: 'info' }, context: 'message' },
    };
  }

  private idleInterval(connection: Connection): number {
    return connection.kind === 'local' ? this.interval(connection) : Math.max(idleInterval, this.interval(connection));
  }

  private interval(connection: Connection): number {
    return Math.max(shortestInterval, this.services.pollInterval(connection) * calm);
  }
}

const sourceIcons: Readonly<Record<string, string>> = {
  notebook: 'notebook',
  template: 'symbol-structure',
  definition: 'type-hierarchy-sub',
};

/** What makes the pipeline, in a word. */
function calledIn(maker: Maker): string {
  if ('name' in maker) return `${maker.name}()`;
  if (maker.kind === 'template') return maker.resource;
  return maker.kind === 'notebook' || maker.kind === 'definition' ? maker.kind : 'script';
}

function noRuns(pipeline: string): LiveRow<Session> {
  return {
    id: `${runsId(pipeline)}#none`,
    label: 'No runs yet',
    icon: { icon: 'play' },
    context: 'message',
    command: { command: 'mlopsFlow.runPipeline', title: 'Run Pipeline…', arguments: [{ pipeline }] },
  };
}

function stepRow(connection: Connection, arn: string, step: PipelineExecutionStep, menu: StepMenu): StepRow {
  const { StepName = '', StepStatus = 'Starting', StartTime, EndTime, FailureReason, Metadata } = step;
  const took = StartTime && EndTime ? formatDuration(EndTime.getTime() - StartTime.getTime()) : undefined;
  const outcome = Metadata?.Condition?.Outcome;
  return {
    id: `${arn}#${StepName}`,
    label: StepName,
    description: [StepStatus, menu.callback && 'waits for an answer', outcome, took]
      .filter((part) => part !== undefined)
      .join(' · '),
    tooltip: FailureReason ?? `${StepName} · ${StepStatus}`,
    icon: rowIcon(statusFaces[StepStatus]),
    context: ['step', ...Object.keys(menu)].join(' '),
    connection,
    executionArn: arn,
    step: StepName,
    ...(menu.arn === undefined ? {} : { arn: menu.arn }),
    accessibleLabel: `Step ${StepName}, ${StepStatus}`,
    command: { command: 'mlopsFlow.openRun', title: 'Open Step', arguments: [arn, connection.id, StepName] },
  };
}
