import type { VariantSpec } from '../domain/endpoints';
import { faultsOf } from './faults';

/** Instances that Local has for endpoints, all together, unless it is told otherwise. */
export const defaultInstances = 20;

/** No instance is left for a variant. */
export class NoCapacity extends Error {
  override readonly name = 'NoCapacity';

  constructor() {
    super('Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.');
  }
}

/** The instances that this machine has for endpoints: each is a process. */
export class Capacity {
  private used = 0;
  private readonly launches = new Map<string, number>();

  constructor(readonly instances: number) {}

  /** How many are left. */
  get left(): number {
    return this.instances - this.used;
  }

  get taken(): number {
    return this.used;
  }

  /** Takes one for a variant. @throws {NoCapacity} */
  take(variant: VariantSpec): void {
    const { capacity } = faultsOf(variant.environment);
    const launched = this.launches.get(variant.model) ?? 0;
    if (this.left <= 0 || launched >= capacity) throw new NoCapacity();
    this.launches.set(variant.model, launched + 1);
    this.used++;
  }

  release(): void {
    this.used--;
  }
}
