/**
 * What a state machine and its states may have, as data: members, kinds, words and bounds, for each type of state and
 * each query language.
 *
 * Sources: https://states-language.net/spec.html and the Developer Guide of Step Functions. The service refuses every
 * other member ("Field '…' is not supported"), so the shapes are closed.
 */
import {
  any,
  choice,
  closed,
  flag,
  list,
  type MapShape,
  type Member,
  type NumberShape,
  type ObjectShape,
  oneOf as words,
  optional,
  required,
  text,
  type TextShape,
  whole,
} from '../shape/shape';
import { table } from '../table';
import type { QueryLanguage, Scope, State } from './model';
import { dayAndMinute, second } from './times';

type Members = Readonly<Record<string, Member>>;

/** The types of states. */
export const stateTypes = ['Task', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'] as const;
export type StateType = (typeof stateTypes)[number];

export function isStateType(type: string | undefined): type is StateType {
  return (stateTypes as readonly (string | undefined)[]).includes(type);
}

/** One of the language's own words, of which there are no others. */
const oneOf = (...values: readonly string[]): TextShape => ({ ...words(...values), closed: true });

const number = (min?: number, max?: number): NumberShape => ({
  kind: 'number',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** Seconds of a timeout: 99,999,999 at most. */
const seconds = whole(1, 99_999_999);
const comment: Members = { Comment: optional(text(), 'A remark. The service does not read it.') };
const queryLanguage = optional(
  oneOf('JSONata', 'JSONPath'),
  'The language of the expressions: JSONata, or JSONPath where it is not given.',
);
const states = required(
  { kind: 'map', value: { kind: 'map', value: any } },
  'The states by name, each an object with a Type.',
);
const startAt = required(text({ min: 1 }), 'The name of the state that runs first.');

const machineMembers: Members = {
  ...comment,
  QueryLanguage: queryLanguage,
  StartAt: startAt,
  States: states,
  TimeoutSeconds: optional(seconds, 'An execution that runs longer fails with States.Timeout.'),
  Version: optional(oneOf('1.0'), 'The version of the language, 1.0.'),
};
const branchMembers: Members = { ...comment, StartAt: startAt, States: states };
const processorMembers: Members = {
  ...branchMembers,
  ProcessorConfig: optional(
    closed({
      Mode: optional(
        oneOf('INLINE', 'DISTRIBUTED'),
        'INLINE: in this execution, up to 40 at a time. DISTRIBUTED: each item, or batch of items, in an execution of its own.',
      ),
      ExecutionType: optional(oneOf('STANDARD', 'EXPRESS'), 'The type of the child executions of a distributed Map.'),
    }),
    'How the items are processed.',
  ),
};

const machine = closed(machineMembers);
const branch = closed(branchMembers);
const processor = closed(processorMembers);

/** The shape of a scope of states; the states themselves have shapes of their own. */
export function scopeShape({ kind }: Scope): ObjectShape {
  return kind === 'machine' ? machine : kind === 'branch' ? branch : processor;
}

/** A member and the query language that it belongs to. */
interface Placed {
  member: Member;
  only?: QueryLanguage;
}

const both = (members: Members): Record<string, Placed> =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, { member }]));
const inJsonPath = (members: Members): Record<string, Placed> =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, { member, only: 'JSONPath' }]));
const inJsonata = (members: Members): Record<string, Placed> =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, { member, only: 'JSONata' }]));

const path = text({ min: 1 });
const template = optional(any);
const common = both({
  Type: required(oneOf(...stateTypes), 'What the state does.'),
  ...comment,
  QueryLanguage: queryLanguage,
});
const next = both({
  Next: optional(text({ min: 1 }), 'The name of the state that runs next.'),
  End: optional(flag, 'true where the state ends the execution or the branch.'),
});
const filters = inJsonPath({
  InputPath: optional(any, 'A path to the part of the input that the state sees; null for none.'),
  OutputPath: optional(any, 'A path to the part of the result that becomes the output; null for none.'),
});
const parameters = inJsonPath({
  Parameters: optional(
    any,
    'What the state gets instead of its input. A member whose name ends with .$ holds a path or an intrinsic function.',
  ),
});
const resultPath = inJsonPath({
  ResultPath: optional(any, 'Where the result is put into the input; null drops the result.'),
});
const resultSelector = inJsonPath({
  ResultSelector: optional(any, 'What the result is made into, before ResultPath.'),
});
const output = inJsonata({ Output: optional(any, 'The output of the state, with expressions {% … %}.') });
const assign = both({
  Assign: optional({ kind: 'map', value: any }, 'Variables and their values, for the states that follow.'),
});
const args = inJsonata({ Arguments: optional(any, 'What the state gets, with expressions {% … %}.') });

const retrier = closed({
  ...comment,
  ErrorEquals: required(list(text({ min: 1 }), { min: 1, of: 'error name' }), 'The names of the errors.'),
  IntervalSeconds: optional(whole(1, 99_999_999), 'Seconds before the first retry; 1 where it is not given.'),
  MaxAttempts: optional(whole(0, 99_999_999), 'How often it is tried again; 3 where it is not given, 0 for never.'),
  BackoffRate: optional(number(1), 'What the interval is multiplied by each time; 2.0 where it is not given.'),
  MaxDelaySeconds: optional(whole(1, 31_622_399), 'The longest interval.'),
  JitterStrategy: optional(oneOf('FULL', 'NONE'), 'FULL: a random part of the interval.'),
});
const catcherMembers: Members = {
  ...comment,
  ErrorEquals: required(list(text({ min: 1 }), { min: 1, of: 'error name' }), 'The names of the errors.'),
  Next: required(text({ min: 1 }), 'The name of the state that runs next.'),
  Assign: optional({ kind: 'map', value: any }, 'Variables and their values, for the states that follow.'),
};
const catchers = table<ObjectShape>({
  JSONPath: closed({ ...catcherMembers, ResultPath: optional(any, 'Where the error is put into the input.') }),
  JSONata: closed({ ...catcherMembers, Output: optional(any, 'The output, with $states.errorOutput.') }),
});
const handlers = (language: QueryLanguage): Members => ({
  Retry: optional(list(retrier), 'Which errors are tried again, and how often.'),
  Catch: optional(list(catchers[language] ?? any), 'Where errors lead to.'),
});

const rules = table<ObjectShape | MapShape>({
  // Those of JSONPath nest, and have checks of their own.
  JSONPath: { kind: 'map', value: any },
  JSONata: closed({
    ...comment,
    Condition: required(choice(flag, text()), 'An expression {% … %} that is true or false.'),
    Next: required(text({ min: 1 }), 'The name of the state that runs next.'),
    Output: optional(any, 'The output where this choice is taken.'),
    Assign: optional({ kind: 'map', value: any }, 'Variables, set where this choice is taken.'),
  }),
});

const reader = (language: QueryLanguage): ObjectShape =>
  closed({
    Resource: required(
      text({ min: 1 }),
      'arn:aws:states:::s3:getObject for one object, arn:aws:states:::s3:listObjectsV2 for a list of objects.',
    ),
    ReaderConfig: optional(
      closed({
        InputType: optional(
          words('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'),
          'What the object holds. Not given for a list of objects.',
        ),
        Transformation: optional(oneOf('NONE', 'LOAD_AND_FLATTEN'), 'Whether the listed objects are read themselves.'),
        CSVHeaderLocation: optional(oneOf('FIRST_ROW', 'GIVEN'), 'Where the names of the columns are.'),
        CSVHeaders: optional(list(text(), { min: 1 }), 'The names of the columns, where CSVHeaderLocation is GIVEN.'),
        CSVDelimiter: optional(oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'), 'COMMA where it is not given.'),
        ManifestType: optional(words('ATHENA_DATA', 'S3_INVENTORY'), 'What kind of manifest it is.'),
        ItemsPointer: optional(text({ min: 1 }), 'An RFC 6901 pointer to the array in a JSON object.'),
        MaxItems: optional(whole(0, 100_000_000), 'How many items are read at most.'),
        ...(language === 'JSONPath' ? { MaxItemsPath: optional(path, 'A path to MaxItems.') } : {}),
      }),
      'How the object is read.',
    ),
    ...(language === 'JSONPath' ? { Parameters: template } : { Arguments: template }),
  });
const batcher = (language: QueryLanguage): ObjectShape =>
  closed({
    BatchInput: optional(any, 'What each batch gets beside its items.'),
    MaxItemsPerBatch: optional(whole(0), 'How many items a batch has at most.'),
    MaxInputBytesPerBatch: optional(whole(0, 262_144), 'How many bytes a batch has at most: 256 KiB.'),
    ...(language === 'JSONPath'
      ? {
          MaxItemsPerBatchPath: optional(path, 'A path to MaxItemsPerBatch.'),
          MaxInputBytesPerBatchPath: optional(path, 'A path to MaxInputBytesPerBatch.'),
        }
      : {}),
  });
const writer = (language: QueryLanguage): ObjectShape =>
  closed({
    Resource: optional(text({ min: 1 }), 'arn:aws:states:::s3:putObject'),
    WriterConfig: optional(
      closed({
        Transformation: optional(oneOf('NONE', 'COMPACT', 'FLATTEN'), 'What of the executions is written.'),
        OutputType: optional(oneOf('JSON', 'JSONL'), 'The form of the files.'),
      }),
      'How the results are written.',
    ),
    ...(language === 'JSONPath' ? { Parameters: template } : { Arguments: template }),
  });

const mapMembers = (language: QueryLanguage): Record<string, Placed> => ({
  ...both({
    ItemProcessor: optional({ kind: 'map', value: any }, 'The states that process an item.'),
    Iterator: optional({ kind: 'map', value: any }, 'The former name of ItemProcessor.'),
    ItemSelector: optional(any, 'What each item is made into; $$.Map.Item.Value is the item itself.'),
    ItemReader: optional(reader(language), 'Where a distributed Map reads its items.'),
    ItemBatcher: optional(batcher(language), 'How a distributed Map puts items together.'),
    ResultWriter: optional(writer(language), 'Where a distributed Map writes its results.'),
    MaxConcurrency: optional(whole(0), 'How many items are processed at a time; 0 for as many as possible.'),
    ToleratedFailurePercentage: optional(number(0, 100), 'How many of a hundred items may fail.'),
    ToleratedFailureCount: optional(whole(0), 'How many items may fail.'),
    Label: optional(
      text({
        min: 1,
        max: 40,
        pattern: /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]+$/u,
        wants: 'without blanks and without ? * < > { } [ ] : ; , \\ | ^ ~ $ # % & ` "',
      }),
      'A name for the runs of a distributed Map.',
    ),
  }),
  ...inJsonPath({
    ItemsPath: optional(path, 'A path to the array of items.'),
    MaxConcurrencyPath: optional(path, 'A path to MaxConcurrency.'),
    ToleratedFailurePercentagePath: optional(path, 'A path to ToleratedFailurePercentage.'),
    ToleratedFailureCountPath: optional(path, 'A path to ToleratedFailureCount.'),
  }),
  ...inJsonata({ Items: optional(any, 'The items: an array, an object, or an expression {% … %}.') }),
});

/** The members of a state that does work with its input and may fail. */
const work = (language: QueryLanguage): Record<string, Placed> => ({
  ...next,
  ...filters,
  ...parameters,
  ...resultSelector,
  ...resultPath,
  ...args,
  ...output,
  ...assign,
  ...both(handlers(language)),
});

function membersOf(type: StateType, language: QueryLanguage): Record<string, Placed> {
  switch (type) {
    case 'Task':
      return {
        ...both({
          Resource: required(
            text({ min: 1 }),
            'What the task calls: an integration, a Lambda function or an activity.',
          ),
          TimeoutSeconds: optional(seconds, 'A task that runs longer fails with States.Timeout.'),
          HeartbeatSeconds: optional(seconds, 'A task that is silent for longer fails with States.HeartbeatTimeout.'),
          Credentials: optional(any, 'The role that the task takes: {"RoleArn": …}.'),
        }),
        ...inJsonPath({
          TimeoutSecondsPath: optional(path, 'A path to TimeoutSeconds.'),
          HeartbeatSecondsPath: optional(path, 'A path to HeartbeatSeconds.'),
        }),
        ...work(language),
      };
    case 'Pass':
      return {
        ...inJsonPath({ Result: optional(any, 'What the state answers, as it is written.') }),
        ...next,
        ...filters,
        ...parameters,
        ...resultPath,
        ...output,
        ...assign,
      };
    case 'Choice':
      return {
        ...both({
          Choices: required(
            list(rules[language] ?? any, { min: 1, of: 'choice' }),
            'The choices; the first that holds is taken.',
          ),
          Default: optional(text({ min: 1 }), 'The state that runs next where no choice holds.'),
        }),
        ...filters,
        ...output,
        ...assign,
      };
    case 'Wait':
      return {
        ...both({
          Seconds: optional(whole(0, 99_999_999), 'How long it waits.'),
          Timestamp: optional(
            text({
              pattern: new RegExp(`^${dayAndMinute.source}:${second.source}(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$`),
              wants: 'a time such as 2030-01-31T12:00:00Z',
            }),
            'Until when it waits: 2030-01-31T12:00:00Z.',
          ),
        }),
        ...inJsonPath({
          SecondsPath: optional(path, 'A path to Seconds.'),
          TimestampPath: optional(path, 'A path to Timestamp.'),
        }),
        ...next,
        ...filters,
        ...output,
        ...assign,
      };
    case 'Succeed':
      return { ...filters, ...output };
    case 'Fail':
      return {
        ...both({
          Error: optional(text(), 'The name of the error.'),
          Cause: optional(text(), 'What happened, for people.'),
        }),
        ...inJsonPath({
          ErrorPath: optional(path, 'A path to Error, or an intrinsic function.'),
          CausePath: optional(path, 'A path to Cause, or an intrinsic function.'),
        }),
      };
    case 'Parallel':
      return {
        ...both({
          Branches: required(
            list({ kind: 'map', value: any }, { min: 1, of: 'branch' }),
            'State machines that run side by side.',
          ),
        }),
        ...work(language),
      };
    case 'Map':
      return {
        ...mapMembers(language),
        ...next,
        ...filters,
        ...parameters,
        ...resultSelector,
        ...resultPath,
        ...output,
        ...assign,
        ...both(handlers(language)),
      };
  }
}

interface StateShapes {
  /** What the state may have. */
  own: ObjectShape;
  /** {@link own}, and the members of the other query language as anything, which have a rule of their own. */
  tolerant: ObjectShape;
  /** The members of the other query language. */
  foreign: ReadonlySet<string>;
}

const known = { JSONPath: new Map<StateType, StateShapes>(), JSONata: new Map<StateType, StateShapes>() };

/** The shapes of a type of state in a query language. */
export function shapesOf(type: StateType, language: QueryLanguage): StateShapes {
  let shapes = known[language].get(type);
  if (!shapes) {
    const placed = Object.entries({ ...common, ...membersOf(type, language) });
    const own = placed.filter(([, { only }]) => only === undefined || only === language);
    const foreign = placed.flatMap(([name, { only }]) => (only === undefined || only === language ? [] : [name]));
    const members = Object.fromEntries(own.map(([name, { member }]) => [name, member]));
    shapes = {
      own: closed(members),
      tolerant: closed({ ...members, ...Object.fromEntries(foreign.map((name) => [name, optional(any)])) }),
      foreign: new Set(foreign),
    };
    known[language].set(type, shapes);
  }
  return shapes;
}

/** A state whose type is not known has only what every state has. */
export const anyState: ObjectShape = {
  kind: 'object',
  members: table({ Type: required(oneOf(...stateTypes), 'What the state does.') }),
};

/** The shape that a state is checked against, or undefined where its type is not known. */
export function stateShape({ type, language }: State): StateShapes | undefined {
  return isStateType(type) ? shapesOf(type, language) : undefined;
}
