/**
 * IAM policies, evaluated as far as action and resource: an explicit deny wins, then an allow, and what nothing allows
 * is denied. Conditions are taken as met, and principals are not looked at. Pure.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { either, isRecord, isString, listOf, oneOf, optional, shape } from '../../shared/guards';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[] | undefined;
  NotAction?: string | string[] | undefined;
  Resource?: string | string[] | undefined;
  NotResource?: string | string[] | undefined;
}

const texts = optional(either(isString, listOf(isString)));

const isStatement = shape<Statement>({
  Effect: oneOf('Allow', 'Deny'),
  Action: texts,
  NotAction: texts,
  Resource: texts,
  NotResource: texts,
});

export type Policy = readonly Statement[];

/** What a policy comes to for a call. */
export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

/** Reads the text of a policy. @throws with a sentence that says what is wrong */
export function parsePolicy(text: string): Policy {
  const document: unknown = JSON.parse(text);
  const listed = isRecord(document) ? document['Statement'] : undefined;
  const statements: unknown[] = Array.isArray(listed) ? listed : [listed];
  return statements.map((statement, index) => {
    const place = `Statement ${index + 1}`;
    if (!isStatement(statement)) throw new Error(`${place} needs an Effect, and texts as actions and resources.`);
    const { Action, NotAction, Resource, NotResource } = statement;
    if ((Action === undefined) === (NotAction === undefined))
      throw new Error(`${place} has one of Action and NotAction.`);
    if ((Resource === undefined) === (NotResource === undefined)) {
      throw new Error(`${place} has one of Resource and NotResource.`);
    }
    return statement;
  });
}

/** @param resource an ARN; `*` for a call that names none */
export function decide(policy: Policy, action: string, resource: string): Decision {
  const applying = policy.filter(
    ({ Action, NotAction, Resource, NotResource }) =>
      (Action === undefined ? !matchesAny(NotAction, action, true) : matchesAny(Action, action, true)) &&
      (Resource === undefined ? !matchesAny(NotResource, resource) : matchesAny(Resource, resource)),
  );
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied explicitly';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}

/** Names of actions are the same in small and in capital letters; ARNs are not. */
function matchesAny(patterns: string | readonly string[] = [], value: string, isAction = false): boolean {
  return [patterns].flat().some((pattern) => matches(pattern, value, isAction ? 'is' : 's'));
}

function matches(pattern: string, value: string, flags: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(value);
}
