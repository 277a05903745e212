/** Variables: where they get values, and where they can be read. */
import type { Node } from '../tree';
import type { Scope, StateMachine } from './model';
import { assignmentsOf } from './places';
import { plainName } from './values';

/**
 * Which variables each scope can read: those that its own states assign and, but in a distributed Map, those of the
 * scopes around it.
 */
export class Variables {
  private readonly own = new Map<Scope, Map<string, Node>>();

  constructor({ scopes }: StateMachine) {
    for (const scope of scopes) {
      const names = new Map<string, Node>();
      for (const state of scope.states) {
        for (const assign of assignmentsOf(state)) {
          for (const member of assign.members) {
            const name = plainName(member.key);
            if (!names.has(name)) names.set(name, member);
          }
        }
      }
      this.own.set(scope, names);
    }
  }

  /** Where the variable first gets a value, for a reader in `scope`. */
  find(name: string, scope: Scope): Node | undefined {
    for (let one: Scope | undefined = scope; one; one = outer(one)) {
      const found = this.own.get(one)?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** Where a scope around `scope`, whose variables it can read, gives a value to the variable. */
  findAround(name: string, scope: Scope): Node | undefined {
    const around = outer(scope);
    return around && this.find(name, around);
  }

  /** The scope whose states give the variable a value, for a reader in `scope`. */
  ownerOf(name: string, scope: Scope): Scope | undefined {
    for (let one: Scope | undefined = scope; one; one = outer(one)) if (this.own.get(one)?.has(name)) return one;
    return undefined;
  }

  /** The names that can be read in `scope`. */
  names(scope: Scope): string[] {
    const names = new Set<string>();
    for (let one: Scope | undefined = scope; one; one = outer(one)) {
      for (const name of this.own.get(one)?.keys() ?? []) names.add(name);
    }
    return [...names];
  }
}

/** The scope around, whose variables can be read here. */
function outer(scope: Scope): Scope | undefined {
  return scope.distributed ? undefined : scope.owner?.scope;
}
