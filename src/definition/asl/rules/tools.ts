import type { Level, Report, Rule } from '../../rule';
import type { State, StateMachine } from '../model';

/** A check of a whole machine; answers what checks each of its states. */
export type Check = (machine: StateMachine, report: Report) => StateCheck;

/** A check of one state. All checks of a state follow each other, which large machines make much quicker. */
export type StateCheck = (state: State) => void;

const file = 'machine.asl.json';

/** A rule with whole machines as examples. */
export function rule(
  name: string,
  level: Level,
  title: string,
  explanation: string,
  bad: string,
  good: string,
  source?: string,
): Rule {
  return {
    id: `asl/${name}`,
    level,
    title,
    explanation,
    example: { frame: 'document', bad, good, file },
    ...(source === undefined ? {} : { source }),
  };
}

/** A machine that begins with the first of the states, each written as a member: `"A": {…}`. */
export function machine(states: string, more = ''): string {
  const first = /"([^"]*)"/.exec(states)?.[1] ?? '';
  return `{"StartAt": "${first}"${more}, "States": {${states}}}`;
}

/** {@link machine} in JSONata. */
export function jsonata(states: string): string {
  return machine(states, ', "QueryLanguage": "JSONata"');
}

/** The state that most examples end with. */
export const done = '"Done": {"Type": "Succeed"}';

/** Pages of the service's guide that rules come from. */
export const guide = (page: string): string => `https://docs.aws.amazon.com/step-functions/latest/dg/${page}.html`;
