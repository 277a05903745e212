/** Whole states to begin with. */
import type { QueryLanguage } from '../../asl/model';
import type { StateType } from '../../asl/shapes';
import type { Tree } from '../../tree';
import { escapeSnippet, Placeholder, snippetOf } from '../snippet';

const text = (name: string): Placeholder => new Placeholder(name);

/** The members of a state of each type, with placeholders. */
export function stateSnippets(language: QueryLanguage): { label: string; type: StateType; members: object }[] {
  const isPath = language === 'JSONPath';
  const input = isPath ? 'Parameters' : 'Arguments';
  const next = { Next: text('Next state') };
  const inner = { StartAt: text('Item'), States: { Item: { Type: 'Pass', End: true } } };
  return [
    {
      label: 'Task: Lambda function',
      type: 'Task',
      members: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        [input]: { FunctionName: text('function') },
        ...next,
      },
    },
    {
      label: 'Task: SageMaker training job',
      type: 'Task',
      members: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
        [input]: {
          ...(isPath ? { 'TrainingJobName.$': text('$.name') } : { TrainingJobName: text('{% $states.input.name %}') }),
          AlgorithmSpecification: { TrainingImage: text('image'), TrainingInputMode: 'File' },
          RoleArn: text('role'),
          OutputDataConfig: { S3OutputPath: text('s3://bucket/models') },
          ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.xlarge', VolumeSizeInGB: 30 },
          StoppingCondition: { MaxRuntimeInSeconds: 3600 },
        },
        ...next,
      },
    },
    {
      label: 'Task: SageMaker pipeline',
      type: 'Task',
      members: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution',
        [input]: {
          PipelineName: text('pipeline'),
          ...(isPath ? { 'ClientRequestToken.$': 'States.UUID()' } : { ClientRequestToken: '{% $uuid() %}' }),
        },
        ...next,
      },
    },
    { label: 'Pass', type: 'Pass', members: { Type: 'Pass', ...next } },
    {
      label: 'Choice',
      type: 'Choice',
      members: {
        Type: 'Choice',
        Choices: [
          isPath
            ? { Variable: text('$.score'), NumericGreaterThanEquals: new Placeholder('0.9', false), ...next }
            : { Condition: text('{% $states.input.score >= 0.9 %}'), ...next },
        ],
        Default: text('Other state'),
      },
    },
    { label: 'Wait', type: 'Wait', members: { Type: 'Wait', Seconds: new Placeholder('30', false), ...next } },
    { label: 'Succeed', type: 'Succeed', members: { Type: 'Succeed' } },
    { label: 'Fail', type: 'Fail', members: { Type: 'Fail', Error: text('Error'), Cause: text('What happened') } },
    {
      label: 'Parallel',
      type: 'Parallel',
      members: {
        Type: 'Parallel',
        Branches: [{ StartAt: text('One'), States: { One: { Type: 'Pass', End: true } } }],
        ...next,
      },
    },
    {
      label: 'Map',
      type: 'Map',
      members: {
        Type: 'Map',
        ...(isPath ? { ItemsPath: text('$.items') } : { Items: text('{% $states.input.items %}') }),
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...inner },
        ...next,
      },
    },
    {
      label: 'Map: distributed',
      type: 'Map',
      members: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
          [input]: { Bucket: text('bucket'), Key: text('key') },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...inner },
        ...next,
      },
    },
  ];
}

/** A state with its name as a snippet. The name is the first placeholder. */
export function snippetText(syntax: Tree['syntax'], name: string, members: object): string {
  if (syntax === 'json')
    return snippetOf({ [name]: members })
      .slice(1, -1)
      .trim()
      .replaceAll('\n  ', '\n');
  const counter = { next: 1 };
  return `${escapeSnippet(name)}:${yaml(members, '  ', counter)}`;
}

function yaml(value: unknown, indent: string, counter: { next: number }): string {
  if (value instanceof Placeholder) {
    const stop = `\${${counter.next++}:${escapeSnippet(value.text)}}`;
    return ` ${value.quoted && /^[{[$%]/.test(value.text) ? `"${stop}"` : stop}`;
  }
  if (Array.isArray(value)) {
    return value.map((item) => `\n${indent}-${yaml(item, `${indent}  `, counter).replace(/^\n\s*/, ' ')}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, one]) => `\n${indent}${escapeSnippet(key)}:${yaml(one, `${indent}  `, counter)}`)
      .join('');
  }
  const written = typeof value === 'string' && /^[{[%]/.test(value) ? JSON.stringify(value) : String(value);
  return ` ${escapeSnippet(written)}`;
}
