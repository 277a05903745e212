/** Retry and Catch: names of errors and their order. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { handlersOf, type State } from '../model';
import { isFilledIn } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const task = (retry: string): string =>
  machine(
    `"Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Retry": [${retry}], "Next": "Done"}, ${done}`,
  );
const retrier = (names: string): string => `{"ErrorEquals": [${names}], "MaxAttempts": 2}`;
const model = `"Resource": "arn:aws:states:::sagemaker:createModel", "Parameters": {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/m"}`;
const sageMaker = (name: string): string =>
  machine(`"Call": {"Type": "Task", ${model}, "Retry": [${retrier(`"${name}"`)}], "Next": "Done"}, ${done}`);

export const errorRules: readonly Rule[] = [
  rule(
    'states-all',
    'error',
    'States.ALL beside other errors, or not in the last place',
    'States.ALL stands for every error: it must be alone in its ErrorEquals, and its retrier or catcher must be the last one.',
    task(`${retrier('"States.ALL"')}, ${retrier('"States.Timeout"')}`),
    task(`${retrier('"States.Timeout"')}, ${retrier('"States.ALL"')}`),
    guide('concepts-error-handling'),
  ),
  rule(
    'unknown-error',
    'warning',
    'An error that does not exist',
    'Names that begin with `States.` belong to the service. Errors of the integrations with SageMaker are called `SageMaker.AmazonSageMakerException` and `SageMaker.ResourceLimitExceededException`. A retrier or catcher of a name that is written otherwise never acts.',
    sageMaker('SageMaker.AmazonSagemakerException'),
    sageMaker('SageMaker.AmazonSageMakerException'),
    guide('concepts-error-handling'),
  ),
  rule(
    'error-handled-before',
    'warning',
    'An error that an earlier retrier or catcher takes',
    'The first one whose ErrorEquals holds the error acts. `States.TaskFailed` stands for every failure of a task but `States.Timeout`, so what is named behind it never acts.',
    task(`${retrier('"States.TaskFailed"')}, ${retrier('"Lambda.TooManyRequestsException"')}`),
    task(`${retrier('"Lambda.TooManyRequestsException"')}, ${retrier('"States.TaskFailed"')}`),
    guide('concepts-error-handling'),
  ),
];

/** The errors of the service itself. */
export const reserved = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.HeartbeatTimeout',
  'States.Permissions',
  'States.Runtime',
  'States.DataLimitExceeded',
  'States.QueryEvaluationError',
  'States.ResultPathMatchFailure',
  'States.ParameterPathFailure',
  'States.BranchFailed',
  'States.NoChoiceMatched',
  'States.IntrinsicFailure',
  'States.ExceedToleratedFailureThreshold',
  'States.ItemReaderFailed',
  'States.ResultWriterFailed',
] as const;

const sageMakerErrors = ['SageMaker.AmazonSageMakerException', 'SageMaker.ResourceLimitExceededException'];

export const checkErrors: Check = ({ states }, report) => {
  // What a Fail state of the machine raises exists, whatever its name.
  const raised = new Set(states.flatMap(({ node, type }) => (type === 'Fail' ? [node.get('Error')?.text] : [])));
  const checkHandlers = (handlers: readonly Node[], state: State): void => {
    if (handlers.length === 0) return;
    for (const handler of handlers) {
      for (const name of namesOf(handler)) {
        if (name.text !== undefined && !isFilledIn(name) && !raised.has(name.text))
          checkName(name, name.text, state, report);
      }
    }
    checkOrder(handlers, report);
  };
  return (state) => {
    const { retriers, catchers } = handlersOf(state);
    checkHandlers(retriers, state);
    checkHandlers(catchers, state);
  };
};

/** So many of the names are shown beside the first. */
const placesNamed = 10;

const namesOf = (handler: Node | undefined): readonly Node[] => handler?.get('ErrorEquals')?.items ?? [];

function checkOrder(handlers: readonly Node[], report: Report): void {
  const before = new Map<string, Node>();
  handlers.forEach((handler, index) => {
    const names = namesOf(handler).filter((name) => name.text !== undefined);
    const taken: Taken[] = [];
    for (const name of names) {
      if (isFilledIn(name)) continue;
      if (name.text === 'States.ALL') checkAll(name, namesOf(handler), index, handlers, report);
      const by = takenBy(name.text ?? '', before);
      if (by) taken.push({ name, by });
    }
    tellTaken(taken, names.length, report);
    for (const name of names) if (!before.has(name.text ?? '')) before.set(name.text ?? '', name);
  });
}

/** An error of a retrier or catcher, and the name in an earlier one that takes it. */
interface Taken {
  name: Node;
  by: Node;
}

function checkName(name: Node, text: string, { node }: State, report: Report): void {
  const isReserved = /^states\./i.test(text);
  const isSageMaker = /sagemaker/i.test(node.get('Resource')?.text ?? '') && /^sage-?maker/i.test(text);
  // States.Http.StatusCode.404 and the like have parts of their own.
  if ((!isReserved && !isSageMaker) || text.startsWith('States.Http.')) return;
  const known: readonly string[] = isReserved ? reserved : sageMakerErrors;
  if (known.includes(text)) return;
  const near = nearest(text, known);
  if (!near && !isReserved) return;
  report({
    rule: 'asl/unknown-error',
    node: name,
    message: isReserved
      ? `The service has no error '${text}'.${near ? ` Did you mean '${near}'?` : ''}`
      : `The integrations of SageMaker have no error '${text}'. Did you mean '${near}'?`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(name, near)], true) : undefined],
  });
}

function checkAll(name: Node, names: readonly Node[], index: number, handlers: readonly Node[], report: Report): void {
  const handler = handlers[index];
  if (names.length > 1) {
    report({
      rule: 'asl/states-all',
      node: name,
      message: 'States.ALL must be the only name in its ErrorEquals.',
      fixes: (edit) => [
        edit.fix(
          'Remove the other names',
          names.filter((other) => other !== name).length === 1 || edit.tree.syntax === 'json'
            ? [name.parent && edit.value(name.parent, ['States.ALL'])]
            : [],
        ),
      ],
    });
  }
  if (handler && index < handlers.length - 1) {
    report({
      rule: 'asl/states-all',
      node: name,
      message: 'States.ALL takes every error, so what follows never acts. Put it last.',
    });
  }
}

function takenBy(text: string, before: ReadonlyMap<string, Node>): Node | undefined {
  // The errors that States.TaskFailed does not stand for begin with States.
  return before.get(text) ?? (text.startsWith('States.') ? undefined : before.get('States.TaskFailed'));
}

/** Tells once for a retrier or catcher which of its errors never come to it. */
function tellTaken(taken: readonly Taken[], count: number, report: Report): void {
  const [first, ...others] = taken;
  if (!first) return;
  const { name, by } = first;
  const isSame = by.text === name.text;
  const more = others.length === 0 ? '' : ` So ${others.length === 1 ? 'is' : 'are'} ${others.length} more here`;
  const rest = others.length === 0 ? '' : count === taken.length ? `${more}: nothing is left to it.` : `${more}.`;
  report({
    rule: 'asl/error-handled-before',
    node: name,
    message: isSame
      ? `'${name.text}' is named before already, and the first one takes it.${rest || ' Remove one of them.'}`
      : `'${name.text}' is taken by '${by.text}' before.${rest} Put the narrower one first.`,
    related: [
      { node: by, message: 'It is taken here.' },
      ...others.slice(0, placesNamed).map((other) => ({ node: other.name, message: 'This is taken before, too.' })),
    ],
  });
}
