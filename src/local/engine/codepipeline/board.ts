import { randomUUID } from 'node:crypto';
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import {
  type ActionRun,
  type Delivery,
  type DeliveryExecution,
  type RuleRun,
  actionRuns,
  deliveries,
  deliveryExecutions,
  deliveryVersions,
  ruleRuns,
} from '../../domain/deliveries';
import type { Store } from '../../store/store';
import type { Board } from './machine';

/** The records of a pipeline in the store. What is live is kept in memory; changes are written together. */
export class StoreBoard implements Board {
  private readonly executions = new Map<string, DeliveryExecution>();
  private readonly actions = new Map<string, ActionRun>();
  private readonly rules = new Map<string, RuleRun>();
  private readonly declarations = new Map<number, PipelineDeclaration>();
  private readonly changed = {
    executions: new Set<DeliveryExecution>(),
    actions: new Set<ActionRun>(),
    rules: new Set<RuleRun>(),
    pipeline: false,
  };
  readonly newId = randomUUID;

  constructor(
    private readonly store: Store,
    readonly pipeline: Delivery,
  ) {
    const { name } = pipeline;
    for (const execution of deliveryExecutions(store).list("pipeline = ? AND place <> 'over'", name)) {
      this.executions.set(execution.id, execution);
    }
  }

  declaration(version: number): PipelineDeclaration {
    if (version === this.pipeline.version) return this.pipeline.declaration;
    let found = this.declarations.get(version);
    if (!found) {
      found =
        deliveryVersions(this.store).get(`${this.pipeline.name}/${version}`)?.declaration ?? this.pipeline.declaration;
      this.declarations.set(version, found);
    }
    return found;
  }

  execution(id: string): DeliveryExecution | undefined {
    return (
      this.executions.get(id) ??
      this.take(this.executions, id, deliveryExecutions(this.store).get(`${this.pipeline.name}/${id}`))
    );
  }

  live(): DeliveryExecution[] {
    return [...this.executions.values()].filter(({ place }) => place !== 'over').sort((a, b) => a.order - b.order);
  }

  action(id: string): ActionRun | undefined {
    return id === ''
      ? undefined
      : (this.actions.get(id) ?? this.take(this.actions, id, actionRuns(this.store).get(id)));
  }

  rule(id: string): RuleRun | undefined {
    return this.rules.get(id) ?? this.take(this.rules, id, ruleRuns(this.store).get(id));
  }

  lastSuccess(stage: string, except: string): DeliveryExecution | undefined {
    this.flush();
    const { name, version } = this.pipeline;
    return deliveryExecutions(this.store)
      .list('pipeline = ?', name)
      .findLast(
        (one) =>
          one.id !== except &&
          one.version === version &&
          one.type !== 'ROLLBACK' &&
          one.stages[stage]?.status === 'Succeeded',
      );
  }

  keepPipeline(): void {
    this.changed.pipeline = true;
  }

  keep(execution: DeliveryExecution): void {
    this.executions.set(execution.id, execution);
    this.changed.executions.add(execution);
  }

  keepAction(run: ActionRun): void {
    this.actions.set(run.id, run);
    this.changed.actions.add(run);
  }

  keepRule(run: RuleRun): void {
    this.rules.set(run.id, run);
    this.changed.rules.add(run);
  }

  /** Writes what has changed, inside a transaction of the caller's. */
  flush(): void {
    const { store, changed, pipeline } = this;
    if (changed.pipeline) {
      deliveries(store).put(pipeline);
      const { name, version, declaration } = pipeline;
      if (!deliveryVersions(store).get(`${name}/${version}`)) {
        deliveryVersions(store).put({ pipeline: name, version, declaration });
      }
    }
    for (const execution of changed.executions) deliveryExecutions(store).put(execution);
    for (const run of changed.actions) actionRuns(store).put(run);
    for (const run of changed.rules) ruleRuns(store).put(run);
    changed.pipeline = false;
    for (const set of [changed.executions, changed.actions, changed.rules]) set.clear();
  }

  /** Forgets what is over: it is read again when somebody asks. */
  forget(): void {
    for (const { id, place } of this.executions.values()) {
      if (place !== 'over') continue;
      this.executions.delete(id);
      for (const run of this.actions.values()) if (run.execution === id) this.actions.delete(run.id);
      for (const run of this.rules.values()) if (run.execution === id) this.rules.delete(run.id);
    }
  }

  private take<T>(map: Map<string, T>, id: string, found: T | undefined): T | undefined {
    if (found) map.set(id, found);
    return found;
  }
}
