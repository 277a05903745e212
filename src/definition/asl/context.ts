/** The Context object, `$$` in JSONPath and `$states.context` in JSONata. */
import { nearest } from '../near';

/** What it holds; `true` stands for a value of its own, or one that is not known further. */
interface Members {
  readonly [name: string]: Members | true;
}

/** Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
export const contextObject: Members = {
  Execution: {
    Id: true,
    Input: true,
    Name: true,
    RoleArn: true,
    StartTime: true,
    RedriveCount: true,
    RedriveTime: true,
  },
  State: { EnteredTime: true, Name: true, RetryCount: true },
  StateMachine: { Id: true, Name: true },
  Task: { Token: true },
  Map: { Item: { Index: true, Value: true, Key: true, Source: true } },
};

/** The first name of a path into the Context object that it does not have. */
export function contextFault(
  names: readonly string[],
): { index: number; path: string; known: string[]; near: string | undefined } | undefined {
  let members: Members | true = contextObject;
  for (const [index, name] of names.entries()) {
    if (members === true) return undefined;
    const next: Members | true | undefined = Object.hasOwn(members, name) ? members[name] : undefined;
    if (next === undefined) {
      const known = Object.keys(members);
      return { index, path: names.slice(0, index + 1).join('.'), known, near: nearest(name, known) };
    }
    members = next;
  }
  return undefined;
}
