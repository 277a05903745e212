/** Variables: where they get values, and where they can be read. */
import type { Node } from '../tree';
import type { Scope, State, StateMachine } from './model';
import { assignmentsOf } from './places';
import { plainName } from './values';

/** After so many visits of states it is no longer asked which run before which: there may be a variable for each state. */
const maxVisits = 200_000;

/**
 * Which variables each scope can read: those that its own states assign and, but in a distributed Map, those of the
 * scopes around it.
 */
export class Variables {
  private readonly own = new Map<Scope, Map<string, Node>>();
  private readonly assigning = new Map<Scope, Map<string, State[]>>();
  private readonly later = new Map<Scope, Map<string, ReadonlySet<State>>>();
  private visits = 0;

  constructor({ scopes }: StateMachine) {
    for (const scope of scopes) {
      const names = new Map<string, Node>();
      const by = new Map<string, State[]>();
      for (const state of scope.states) {
        for (const assign of assignmentsOf(state)) {
          for (const member of assign.members) {
            const name = plainName(member.key);
            if (!names.has(name)) names.set(name, member);
            const assigning = by.get(name);
            if (!assigning) by.set(name, [state]);
            else if (assigning.at(-1) !== state) assigning.push(state);
          }
        }
      }
      this.own.set(scope, names);
      this.assigning.set(scope, by);
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

  /** True where the variable gets its values only in states that do not lead to `state`. */
  isLate(name: string, state: State): boolean {
    const owner = this.ownerOf(name, state.scope);
    const assigning = owner && this.assigning.get(owner)?.get(name);
    if (!owner || !assigning || this.visits > maxVisits) return false;
    let reader = state;
    while (reader.scope !== owner) {
      const around = reader.scope.owner;
      if (!around) return false;
      reader = around;
    }
    const known = this.later.get(owner) ?? new Map<string, ReadonlySet<State>>();
    this.later.set(owner, known);
    const reached = known.get(name) ?? this.after(assigning);
    known.set(name, reached);
    return !reached.has(reader);
  }

  /** The states that run after one of `states`. */
  private after(states: readonly State[]): ReadonlySet<State> {
    const reached = new Set<State>();
    const waiting = [...states];
    for (let state = waiting.pop(); state; state = waiting.pop()) {
      this.visits++;
      for (const { to } of state.transitions) {
        const next = state.scope.byName.get(to);
        if (!next || reached.has(next)) continue;
        reached.add(next);
        waiting.push(next);
      }
    }
    return reached;
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
