/** States and variables, with every place that names them. */
import { expressionIn, readExpression } from '../../asl/expressions/jsonata';
import type { Scope, StateMachine } from '../../asl/model';
import { assignmentsOf, expressionPlaces } from '../../asl/places';
import { variableUses } from '../../asl/rules/variables';
import { Variables } from '../../asl/scopes';
import { plainName } from '../../asl/values';
import { type Entity, EntityIndex } from '../entities';

/** The names of a machine. Variables of JSONata are found once its parser is loaded. */
export function machineEntities(machine: StateMachine): Entity[] {
  const index = new EntityIndex({
    state: { pattern: /^[^"\\\n]{1,80}$/, words: '1 to 80 characters without quotes and backslashes' },
    variable: {
      pattern: /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u,
      words: 'a letter or _ followed by letters, digits and _, 80 characters at most',
    },
  });
  const ids = new Map(machine.scopes.map((scope, at) => [scope, String(at)]));
  const idOf = (scope: Scope | undefined): string => (scope && ids.get(scope)) ?? '';
  for (const scope of machine.scopes) {
    const start = scope.node.get('StartAt');
    if (start?.text !== undefined) index.use('state', start.text, { node: start }, idOf(scope));
  }
  const variables = new Variables(machine);
  for (const state of machine.states) {
    const { scope, name, node } = state;
    index.declare('state', name, { node, key: true }, idOf(scope));
    for (const { to, node: place } of state.transitions) index.use('state', to, { node: place }, idOf(scope));
    for (const assign of assignmentsOf(state)) {
      for (const member of assign.members) {
        const variable = state.language === 'JSONPath' ? plainName(member.key) : String(member.key);
        index.declare('variable', variable, { node: member, key: true, to: variable.length }, idOf(scope));
      }
    }
    const use = (variable: string, place: { node: typeof node; from: number; to: number }): void => {
      const owner = variables.ownerOf(variable, scope);
      if (owner) index.use('variable', variable, place, idOf(owner));
    };
    if (state.language === 'JSONPath') {
      for (const { name: variable, ...place } of variableUses(state)) use(variable, place);
      continue;
    }
    for (const place of expressionPlaces(state)) {
      const inside = expressionIn(place.node.text ?? '');
      const reading = inside && readExpression(inside.expression);
      if (!inside || !reading || 'fault' in reading) continue;
      for (const { name: variable, from, to } of reading.variables) {
        use(variable, { node: place.node, from: inside.offset + from, to: inside.offset + to });
      }
    }
  }
  return index.all();
}
