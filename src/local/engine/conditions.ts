import { isRecord } from '../wire/validate';
import type { Json } from './definition';
import { type Scope, resolve } from './references';

/** A condition that cannot be decided; the Condition step fails with this message. */
export class UndecidableCondition extends Error {
  override readonly name = 'UndecidableCondition';
}

/**
 * Whether all conditions of a Condition step hold.
 * @throws {UndecidableCondition} for a type that does not exist, or operands that have no order.
 * @throws {UnresolvedReference}
 */
export function holdAll(conditions: Json | undefined, scope: Scope): boolean {
  return list(conditions).every((condition) => holds(condition, scope));
}

function holds(condition: Json, scope: Scope): boolean {
  if (!isRecord(condition)) throw new UndecidableCondition('A condition must be an object with a Type.');
  const operand = (name: string): Json => resolve(condition[name] ?? null, scope);
  const ordered = (accept: (order: number) => boolean): boolean =>
    accept(compare(operand('LeftValue'), operand('RightValue')));
  switch (condition.Type) {
    case 'Equals':
      return equal(operand('LeftValue'), operand('RightValue'));
    case 'NotEquals':
      return !equal(operand('LeftValue'), operand('RightValue'));
    case 'GreaterThan':
      return ordered((order) => order > 0);
    case 'GreaterThanOrEqualTo':
      return ordered((order) => order >= 0);
    case 'LessThan':
      return ordered((order) => order < 0);
    case 'LessThanOrEqualTo':
      return ordered((order) => order <= 0);
    case 'In':
      return isIn(condition, scope);
    case 'NotIn':
      return !isIn(condition, scope);
    case 'Not':
      return !holds(condition.Condition ?? null, scope);
    case 'Or':
      return list(condition.Conditions).some((inner) => holds(inner, scope));
    default:
      throw new UndecidableCondition(`There is no condition type ${JSON.stringify(condition.Type)}.`);
  }
}

function isIn(condition: Record<string, Json>, scope: Scope): boolean {
  const wanted = resolve(condition.QueryValue ?? null, scope);
  return list(condition.Values).some((value) => equal(wanted, resolve(value, scope)));
}

function equal(left: Json, right: Json): boolean {
  return left === right;
}

/** Numbers by size, texts by their characters; NaN compares with nothing, so nothing holds of it. */
function compare(left: Json, right: Json): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw new UndecidableCondition(
    `${JSON.stringify(left)} and ${JSON.stringify(right)} cannot be compared: both must be numbers or both texts.`,
  );
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
