/** Steps, conditions and functions to begin with, as values with placeholders. */
import { structure, type Shape, structuresOf } from '../../sagemaker/shapes';
import { stepTypes } from '../../sagemaker/vocabulary';
import { Placeholder, snippetOf } from '../snippet';

/** Nesting of required members that is filled in. */
const maxDepth = 5;

/** Arguments that a step of a type needs in practice and its required members do not tell. */
const arguments_: Readonly<Record<string, () => unknown>> = {
  Training: () => ({
    AlgorithmSpecification: { TrainingImage: new Placeholder('image URI'), TrainingInputMode: 'File' },
    ResourceConfig: {
      InstanceType: new Placeholder('ml.m5.xlarge'),
      InstanceCount: new Placeholder('1', false),
      VolumeSizeInGB: new Placeholder('30', false),
    },
    RoleArn: new Placeholder('role ARN'),
    InputDataConfig: [
      {
        ChannelName: new Placeholder('train'),
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: new Placeholder('s3://bucket/prefix') } },
      },
    ],
    OutputDataConfig: { S3OutputPath: new Placeholder('s3://bucket/prefix') },
    StoppingCondition: { MaxRuntimeInSeconds: new Placeholder('3600', false) },
  }),
  Processing: () => ({
    ProcessingResources: {
      ClusterConfig: {
        InstanceType: new Placeholder('ml.m5.xlarge'),
        InstanceCount: new Placeholder('1', false),
        VolumeSizeInGB: new Placeholder('30', false),
      },
    },
    AppSpecification: {
      ImageUri: new Placeholder('image URI'),
      ContainerEntrypoint: ['python3', new Placeholder('/opt/ml/processing/input/code/script.py')],
    },
    RoleArn: new Placeholder('role ARN'),
  }),
  Model: () => ({
    ExecutionRoleArn: new Placeholder('role ARN'),
    PrimaryContainer: {
      Image: new Placeholder('image URI'),
      ModelDataUrl: { Get: new Placeholder('Steps.Train.ModelArtifacts.S3ModelArtifacts') },
    },
  }),
  RegisterModel: () => ({
    ModelPackageGroupName: new Placeholder('group'),
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: {
      Containers: [
        {
          Image: new Placeholder('image URI'),
          ModelDataUrl: { Get: new Placeholder('Steps.Train.ModelArtifacts.S3ModelArtifacts') },
        },
      ],
      SupportedContentTypes: [new Placeholder('text/csv')],
      SupportedResponseMIMETypes: [new Placeholder('text/csv')],
    },
  }),
  Condition: () => ({ Conditions: [conditionValue()], IfSteps: [], ElseSteps: [] }),
  Fail: () => ({ ErrorMessage: new Placeholder('why the execution fails') }),
  Lambda: () => ({}),
  Callback: () => ({}),
};

function conditionValue(): unknown {
  return {
    Type: new Placeholder('GreaterThanOrEqualTo'),
    LeftValue: { Get: new Placeholder('Parameters.Name') },
    RightValue: new Placeholder('0.9', false),
  };
}

const ownMembers: Readonly<Record<string, () => object>> = {
  Lambda: () => ({
    FunctionArn: new Placeholder('function ARN'),
    OutputParameters: [{ OutputName: new Placeholder('result'), OutputType: 'String' }],
  }),
  Callback: () => ({
    SqsQueueUrl: new Placeholder('queue URL'),
    OutputParameters: [{ OutputName: new Placeholder('result'), OutputType: 'String' }],
  }),
  ClarifyCheck: () => ({ CheckType: new Placeholder('DATA_BIAS') }),
  QualityCheck: () => ({ CheckType: new Placeholder('DATA_QUALITY') }),
};

/** A whole step of `type` with the arguments that it needs. */
export function stepSnippet(type: string): string {
  return snippetOf({
    Name: new Placeholder(type),
    Type: type,
    Arguments: argumentsValue(type),
    ...ownMembers[type]?.(),
  });
}

function argumentsValue(type: string): unknown {
  const written = arguments_[type];
  if (written) return written();
  const known = stepTypes[type];
  const outer = structuresOf(known?.request ?? type)[0];
  const names = known?.required ?? [];
  return Object.fromEntries(
    names.map((name) => {
      const shape = outer?.members.get(name);
      return [name, shape ? valueOf(shape, 0) : {}];
    }),
  );
}

/** The required members of a shape, each with a placeholder. */
export function valueOf(shape: Shape, depth: number): unknown {
  switch (shape.kind) {
    case 'structure': {
      if (depth >= maxDepth) return {};
      const found = structure(shape.name);
      return Object.fromEntries(
        found.required.map((name) => {
          const member = found.members.get(name);
          return [name, member ? valueOf(member, depth + 1) : {}];
        }),
      );
    }
    case 'list':
      return shape.element.kind === 'structure' || shape.limit?.min ? [valueOf(shape.element, depth + 1)] : [];
    case 'map':
      return {};
    case 'string':
      return new Placeholder(shape.enum?.values.values().next().value ?? '');
    case 'number':
      return new Placeholder(String(Math.max(1, shape.limit?.min ?? 1)), false);
    case 'boolean':
      return new Placeholder('false', false);
    default:
      return new Placeholder('');
  }
}

/** A condition. */
export function conditionSnippet(): string {
  return snippetOf(conditionValue());
}

/** The functions, each with a line about it. */
export const functionSnippets: readonly { label: string; detail: string; value: () => unknown }[] = [
  {
    label: 'Get',
    detail: 'a parameter, a property of a step, or about the execution',
    value: () => ({ Get: new Placeholder('') }),
  },
  {
    label: 'Std:Join',
    detail: 'texts joined to one',
    value: () => ({ 'Std:Join': { On: new Placeholder('/'), Values: [new Placeholder('')] } }),
  },
  {
    label: 'Std:JsonGet',
    detail: 'a value in a property file',
    value: () => ({
      'Std:JsonGet': {
        PropertyFile: { Get: new Placeholder('Steps.Evaluate.PropertyFiles.Report') },
        Path: new Placeholder('metrics.accuracy.value'),
      },
    }),
  },
];
