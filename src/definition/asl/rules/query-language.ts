/** Which query language a state has, and which members and texts belong to it. */
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import type { Node } from '../../tree';
import type { State } from '../model';
import { shapesOf, isStateType } from '../shapes';
import { type Check, done, guide, jsonata, machine, rule } from './tools';

export const queryLanguageRules: readonly Rule[] = [
  rule(
    'query-language',
    'error',
    'A member of the other query language',
    'JSONPath has InputPath, Parameters, ResultSelector, ResultPath, OutputPath, ItemsPath and every member whose name ends with Path; JSONata has Arguments, Output, Items and Condition instead. A state takes the language of the machine, not of the Parallel or Map around it, unless it has a QueryLanguage of its own.',
    machine(`"Begin": {"Type": "Pass", "Output": "{% 1 %}", "Next": "Done"}, ${done}`),
    machine(`"Begin": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 %}", "Next": "Done"}, ${done}`),
    guide('transforming-data'),
  ),
  rule(
    'query-language-place',
    'error',
    'A query language where it cannot be chosen',
    'The machine chooses the query language for all its states, and a state may change it from JSONPath to JSONata. In a JSONata machine no state goes back to JSONPath.',
    jsonata(`"Begin": {"Type": "Pass", "QueryLanguage": "JSONPath", "Next": "Done"}, ${done}`),
    machine(`"Begin": {"Type": "Pass", "QueryLanguage": "JSONata", "Next": "Done"}, ${done}`),
    guide('transforming-data'),
  ),
];

export const checkQueryLanguage: Check =
  ({ language }, report) =>
  (state) => {
    checkPlace(state, language, report);
    if (!isStateType(state.type)) return;
    const { foreign } = shapesOf(state.type, state.language);
    for (const member of state.node.members) {
      if (foreign.has(String(member.key))) tell(member, state, report);
    }
  };

function checkPlace(state: State, language: State['language'], report: Report): void {
  const own = state.node.get('QueryLanguage');
  if (own?.text !== 'JSONPath' || language !== 'JSONata') return;
  report({
    rule: 'asl/query-language-place',
    node: own,
    message: 'A state of a JSONata machine cannot be in JSONPath. Write the state in JSONata.',
    // The children of a distributed Map are executions of their own; what the service says of them is not known.
    ...(state.scope.distributed ? { atMost: 'warning' as const } : {}),
    fixes: (edit) => [edit.fix('Remove QueryLanguage', [edit.remove(own)])],
  });
}

const counterparts = table<string>({
  Parameters: 'Arguments',
  Arguments: 'Parameters',
  OutputPath: 'Output',
  ResultSelector: 'Output',
  ResultPath: 'Output or Assign',
  InputPath: '$states.input',
  Output: 'ResultSelector, ResultPath and OutputPath',
  ItemsPath: 'Items',
  Items: 'ItemsPath',
  Result: 'Output',
});

function tell(member: Node, state: State, report: Report): void {
  const name = String(member.key);
  const other = state.language === 'JSONata' ? 'JSONPath' : 'JSONata';
  const instead = counterparts[name] ?? (name.endsWith('Path') ? `${name.slice(0, -4)} with an expression` : undefined);
  report({
    rule: 'asl/query-language',
    node: member,
    mark: 'key',
    message: `${name} belongs to ${other}, and this state is in ${state.language}.${instead ? ` ${state.language} has ${instead}.` : ''}`,
    fixes: (edit) => [
      other === 'JSONata' && !state.node.get('QueryLanguage')
        ? edit.fix('Add "QueryLanguage": "JSONata"', [edit.insert(state.node, 'QueryLanguage', 'JSONata')])
        : undefined,
      edit.fix(`Remove ${name}`, [edit.remove(member)]),
    ],
  });
}
