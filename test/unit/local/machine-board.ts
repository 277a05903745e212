import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import type { ActionRun, Delivery, DeliveryExecution, RuleRun } from '../../../src/local/domain/deliveries';
import {
  type Board,
  type Effect,
  freeStage,
  Machine,
  type Start,
} from '../../../src/local/engine/codepipeline/machine';

/** The records of a pipeline in memory; what is not kept is lost when it is read again. */
export class MemoryBoard implements Board {
  readonly executions = new Map<string, DeliveryExecution>();
  readonly actions = new Map<string, ActionRun>();
  readonly rules = new Map<string, RuleRun>();
  readonly versions = new Map<number, PipelineDeclaration>();
  private stored: string | undefined;
  private count = 0;

  constructor(public pipeline: Delivery) {
    this.keepPipeline();
  }

  declaration(version: number): PipelineDeclaration {
    return this.versions.get(version) ?? this.pipeline.declaration;
  }
  execution(id: string): DeliveryExecution | undefined {
    return this.executions.get(id);
  }
  live(): DeliveryExecution[] {
    return [...this.executions.values()].filter(({ place }) => place !== 'over');
  }
  action(id: string): ActionRun | undefined {
    return this.actions.get(id);
  }
  rule(id: string): RuleRun | undefined {
    return this.rules.get(id);
  }
  lastSuccess(stage: string, except: string): DeliveryExecution | undefined {
    return [...this.executions.values()].findLast(
      (one) =>
        one.id !== except &&
        one.type !== 'ROLLBACK' &&
        one.version === this.pipeline.version &&
        one.stages[stage]?.status === 'Succeeded',
    );
  }
  keepPipeline(): void {
    this.versions.set(this.pipeline.version, this.pipeline.declaration);
    this.stored = JSON.stringify(this.pipeline);
  }
  keep(execution: DeliveryExecution): void {
    this.executions.set(execution.id, execution);
    this.saved.set(execution.id, structuredClone(execution));
  }
  keepAction(run: ActionRun): void {
    this.actions.set(run.id, run);
    this.savedActions.set(run.id, structuredClone(run));
  }
  keepRule(run: RuleRun): void {
    this.rules.set(run.id, run);
    this.savedRules.set(run.id, structuredClone(run));
  }
  newId(): string {
    return `id-${++this.count}`;
  }

  private readonly saved = new Map<string, DeliveryExecution>();
  private readonly savedActions = new Map<string, ActionRun>();
  private readonly savedRules = new Map<string, RuleRun>();

  /** The process dies: only what was kept is there again. */
  crash(): void {
    this.pipeline = JSON.parse(this.stored ?? '{}') as Delivery;
    for (const [map, kept] of [
      [this.executions, this.saved],
      [this.actions, this.savedActions],
      [this.rules, this.savedRules],
    ] as [Map<string, unknown>, Map<string, unknown>][]) {
      map.clear();
      for (const [id, value] of kept) map.set(id, structuredClone(value));
    }
  }
}

export const manual = { triggerType: 'StartPipelineExecution' as const };
export const begin: Start = { trigger: manual, variables: {}, overrides: [] };

/** A pipeline in memory with a clock of its own. */
export class Bench {
  readonly board: MemoryBoard;
  machine: Machine;
  now = 0;
  readonly effects: Effect[] = [];

  constructor(stages: StageDeclaration[], more: Partial<PipelineDeclaration> = {}) {
    const declaration: PipelineDeclaration = { name: 'p', roleArn: 'r', stages, version: 1, ...more };
    this.board = new MemoryBoard({
      name: 'p',
      arn: 'a',
      version: 1,
      declaration,
      createdAt: new Date(0),
      updatedAt: new Date(0),
      stages: Object.fromEntries(stages.map(({ name = '' }) => [name, freeStage()])),
      started: 0,
      seen: {},
    });
    this.machine = new Machine(this.board);
  }

  do(work: (machine: Machine) => void): void {
    this.now += 1000;
    this.effects.push(...this.machine.at(new Date(this.now), work));
  }

  start(): string {
    let id = '';
    this.do((machine) => {
      id = machine.start(begin);
    });
    return id;
  }

  get running(): ActionRun[] {
    return [...this.board.actions.values()].filter(({ status }) => status === 'InProgress');
  }

  /** Ends the running action of this name. */
  finish(name: string, status: 'Succeeded' | 'Failed' = 'Succeeded', execution?: string): void {
    const run = this.running.find(
      (one) => one.action === name && (execution === undefined || one.execution === execution),
    );
    if (!run)
      throw new Error(`No action ${name} runs; ${this.running.map(({ action }) => action).join(', ') || 'none'} does.`);
    this.do((machine) => machine.actionEnded(run.id, { status }));
  }

  judge(status: 'Succeeded' | 'Failed'): void {
    const run = [...this.board.rules.values()].find((one) => one.status === 'InProgress');
    if (!run) throw new Error('No rule is judged now.');
    this.do((machine) => machine.ruleEnded(run.id, { status }));
  }

  execution(id: string): DeliveryExecution {
    const found = this.board.executions.get(id);
    if (!found) throw new Error(`There is no execution ${id}.`);
    return found;
  }

  /** `Failed Source:Succeeded Build:Failed` */
  told(id: string): string {
    const { status, stages } = this.execution(id);
    return [status, ...Object.entries(stages).map(([name, run]) => `${name}:${run.status}`)].join(' ');
  }

  /** The states that were told of executions, in their order. */
  events(level: 'Pipeline' | 'Stage'): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'tell' && effect.level === level
        ? [`${effect.execution.id} ${effect.stage ?? ''} ${effect.state}`]
        : [],
    );
  }
}

export function action(name: string, runOrder = 1, more: Partial<ActionDeclaration> = {}): ActionDeclaration {
  return {
    name,
    runOrder,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    ...more,
  };
}

export const ask: ActionDeclaration = {
  name: 'Ask',
  actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
};

export function stage(name: string, ...actions: (string | ActionDeclaration)[]): StageDeclaration {
  return { name, actions: actions.map((one) => (typeof one === 'string' ? action(one) : one)) };
}
