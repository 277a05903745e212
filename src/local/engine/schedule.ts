import type { StepDefinition } from './definition';

/** Where a step stands: `Skipped` is one that this execution can no longer reach. */
export type Progress = 'Waiting' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped';

/**
 * Which steps of one execution may start: pure bookkeeping. A step becomes ready when all that it needs
 * has succeeded, and, in a branch, when the Condition has come out its way. A step after a failed or skipped
 * one is skipped. Each settlement costs as much as the step has successors.
 */
export class Schedule {
  private readonly steps: ReadonlyMap<string, StepDefinition>;
  private readonly successors = new Map<string, StepDefinition[]>();
  private readonly missing = new Map<string, number>();
  private readonly progress = new Map<string, Progress>();
  private readonly ready: string[] = [];

  constructor(steps: readonly StepDefinition[]) {
    this.steps = new Map(steps.map((step) => [step.name, step]));
    for (const step of steps) {
      this.progress.set(step.name, 'Waiting');
      this.missing.set(step.name, step.needs.length);
      if (step.needs.length === 0) this.ready.push(step.name);
      for (const need of step.needs) this.successorsOf(need).push(step);
    }
  }

  /** Takes the next step that may start now, and counts it as running. */
  take(): StepDefinition | undefined {
    for (let name = this.ready.shift(); name !== undefined; name = this.ready.shift()) {
      const step = this.takeThis(name);
      if (step) return step;
    }
    return undefined;
  }

  /** Takes a certain step, which may start. */
  takeThis(name: string): StepDefinition | undefined {
    if (this.progress.get(name) !== 'Waiting') return undefined;
    this.progress.set(name, 'Running');
    return this.steps.get(name);
  }

  /** Notes what a step came to; `outcome` is that of a Condition step that succeeded. */
  settle(name: string, result: 'Succeeded' | 'Failed' | 'Skipped', outcome?: 'True' | 'False'): void {
    const settled: [string, 'Succeeded' | 'Failed' | 'Skipped', ('True' | 'False')?][] = [[name, result, outcome]];
    for (let next = settled.pop(); next; next = settled.pop()) {
      const [current, to, decided] = next;
      this.progress.set(current, to);
      for (const step of this.successorsOf(current)) {
        if (this.progress.get(step.name) !== 'Waiting') continue;
        const branchLost = step.branch?.step === current && step.branch.outcome !== decided;
        if (to !== 'Succeeded' || branchLost) {
          settled.push([step.name, 'Skipped']);
          continue;
        }
        const left = (this.missing.get(step.name) ?? 0) - 1;
        this.missing.set(step.name, left);
        if (left === 0) this.ready.push(step.name);
      }
    }
  }

  private successorsOf(name: string): StepDefinition[] {
    let list = this.successors.get(name);
    if (!list) {
      list = [];
      this.successors.set(name, list);
    }
    return list;
  }
}
