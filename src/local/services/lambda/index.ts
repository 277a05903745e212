import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  AddPermissionRequest,
  AddPermissionResponse,
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionCode,
  FunctionConfiguration,
  GetFunctionRequest,
  GetFunctionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  InvocationRequest,
  InvocationResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  ListTagsRequest,
  ListTagsResponse,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { account, region } from '../../domain/arns';
import {
  findFunction,
  functionArn,
  functionCode,
  functionName,
  functions,
  type LambdaFunction,
} from '../../domain/functions';
import { objects } from '../../domain/objects';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import model from '../../generated/lambda.json';
import { invokeFunction } from '../../jobs/run/function';
import { valueOfJson } from '../../../shared/json';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Checked, Service } from '../service';

/** Functions a page of a listing. */
const page = 50;
const longestTail = 4096;

/** Lambda as far as pipelines need it: functions of a zip archive in Python or JavaScript, which really run. */
export const lambda: Service = {
  signingName: 'lambda',
  title: 'Lambda',
  protocols: ['rest-json'],
  model: model as unknown as ServiceModel,
  errors: { invalid: 'InvalidParameterValueException' },
  tables: [functions, functionCode] as Service['tables'],
  operations,
  resources: ({ store }, arn) => functions(store).get(functionName(arn)) !== undefined,
};

function operations(context: Context): Operations {
  const { store, jobs } = context;
  return {
    async CreateFunction(input: Checked<CreateFunctionRequest>): Promise<FunctionConfiguration> {
      const name = functionName(input.FunctionName);
      if (functions(store).get(name)) {
        throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
      }
      refuseOtherThanZip(input.PackageType, input.Runtime);
      const zip = await codeOf(context, input.Code);
      const { Code: _, Tags, Publish: __, FunctionName: ___, VpcConfig: ____, ...given } = input;
      return store.transaction(() => {
        const made = save(context, name, { ...defaults, ...given } as FunctionConfiguration, zip);
        tags(store).add(
          made.arn,
          Object.entries(Tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        );
        return made.configuration;
      });
    },

    async UpdateFunctionCode(input: Checked<UpdateFunctionCodeRequest>): Promise<FunctionConfiguration> {
      const found = findFunction(store, input.FunctionName);
      const zip = await codeOf(context, input);
      return store.transaction(() => save(context, found.name, found.configuration, zip).configuration);
    },

    UpdateFunctionConfiguration(input: Checked<UpdateFunctionConfigurationRequest>): FunctionConfiguration {
      const { name, configuration } = findFunction(store, input.FunctionName);
      const { FunctionName: _, VpcConfig: __, RevisionId: ___, ...changes } = input;
      refuseOtherThanZip('Zip', changes.Runtime);
      return store.transaction(
        () => save(context, name, { ...configuration, ...changes } as FunctionConfiguration).configuration,
      );
    },

    GetFunction(input: Checked<GetFunctionRequest>): GetFunctionResponse {
      const { arn, configuration } = findFunction(store, input.FunctionName);
      const own = tags(store).of(arn);
      return {
        Configuration: configuration,
        Code: { RepositoryType: 'S3', Location: `https://awslambda-${region}-tasks.s3.amazonaws.com/${account}` },
        ...(own.length > 0 ? { Tags: Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) } : {}),
      };
    },

    GetFunctionConfiguration: (input: Checked<GetFunctionRequest>): FunctionConfiguration =>
      findFunction(store, input.FunctionName).configuration,

    ListFunctions({ Marker, MaxItems = page }: ListFunctionsRequest): ListFunctionsResponse {
      const all = functions(store).list('id > ?', Marker ?? '');
      const listed = all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, MaxItems);
      return {
        Functions: listed.map(({ configuration }) => configuration),
        ...(all.length > listed.length ? { NextMarker: listed.at(-1)?.name } : {}),
      };
    },

    DeleteFunction(input: Checked<DeleteFunctionRequest>): object {
      return store.transaction(() => {
        const { name, arn } = findFunction(store, input.FunctionName);
        functions(store).delete('id = ?', name);
        functionCode(store).remove(name);
        tags(store).remove(arn);
        return { StatusCode: 204 };
      });
    },

    async Invoke(input: Checked<InvocationRequest>): Promise<InvocationResponse> {
      const found = findFunction(store, input.FunctionName);
      const event = Buffer.from(input.Payload ?? []).toString('utf8');
      if (event !== '' && valueOfJson(event) === undefined) {
        throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json.');
      }
      const type = input.InvocationType ?? 'RequestResponse';
      if (type === 'DryRun') return { StatusCode: 204 };
      const running = invokeFunction(found, event, jobs.surroundings, jobs.ending);
      if (type === 'Event') {
        running.catch(() => undefined);
        return { StatusCode: 202 };
      }
      const { payload, failed, log } = await running;
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        ...(failed ? { FunctionError: 'Unhandled' } : {}),
        ...(input.LogType === 'Tail' ? { LogResult: Buffer.from(log.slice(-longestTail)).toString('base64') } : {}),
        Payload: Buffer.from(payload),
      };
    },

    AddPermission(input: Checked<AddPermissionRequest>): AddPermissionResponse {
      return store.transaction(() => {
        const found = findFunction(store, input.FunctionName);
        const { StatementId: Sid, Principal, Action, SourceArn } = input;
        if (found.statements.some((statement) => 'Sid' in statement && statement.Sid === Sid)) {
          throw new ServiceError(
            'ResourceConflictException',
            `The statement id (${Sid}) provided already exists.`,
            409,
          );
        }
        const condition = SourceArn === undefined ? {} : { Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } } };
        const statement = { Sid, Effect: 'Allow', Principal, Action, Resource: found.arn, ...condition };
        functions(store).put({ ...found, statements: [...found.statements, statement] });
        return { Statement: JSON.stringify(statement) };
      });
    },

    GetPolicy(input: Checked<GetPolicyRequest>): GetPolicyResponse {
      const { statements } = findFunction(store, input.FunctionName);
      if (statements.length === 0) {
        throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
      }
      return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
    },

    ListTags(input: Checked<ListTagsRequest>): ListTagsResponse {
      const own = tags(store).of(findFunction(store, input.Resource).arn);
      return { Tags: Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) };
    },

    TagResource(input: Checked<TagResourceRequest>): object {
      const { arn } = findFunction(store, input.Resource);
      tags(store).add(
        arn,
        Object.entries(input.Tags).map(([Key, Value]) => ({ Key, Value })),
      );
      return {};
    },

    UntagResource(input: Checked<UntagResourceRequest>): object {
      tags(store).remove(findFunction(store, input.Resource).arn, input.TagKeys);
      return {};
    },
  };
}

const defaults = { PackageType: 'Zip', Timeout: 3, MemorySize: 128, Architectures: ['x86_64'] };

function save({ store }: Context, name: string, described: FunctionConfiguration, zip?: Uint8Array): LambdaFunction {
  const now = new Date();
  const known = functions(store).get(name);
  const made: LambdaFunction = {
    name,
    arn: functionArn(name),
    createdAt: known?.createdAt ?? now,
    statements: known?.statements ?? [],
    configuration: {
      ...described,
      FunctionName: name,
      FunctionArn: functionArn(name),
      Version: '$LATEST',
      LastModified: now.toISOString().replace('Z', '+0000'),
      State: 'Active',
      LastUpdateStatus: 'Successful',
      RevisionId: randomUUID(),
      ...(zip ? { CodeSize: zip.length, CodeSha256: createHash('sha256').update(zip).digest('base64') } : {}),
    },
  };
  functions(store).put(made);
  if (zip) functionCode(store).put(name, zip);
  return made;
}

async function codeOf({ store }: Context, code: FunctionCode): Promise<Uint8Array> {
  const zip = code.ZipFile ? Buffer.from(code.ZipFile) : await objectOf({ store }, code);
  const { unzipSync } = await import('fflate');
  try {
    unzipSync(zip, { filter: () => false });
  } catch {
    throw new ServiceError(
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    );
  }
  return zip;
}

async function objectOf({ store }: Pick<Context, 'store'>, { S3Bucket, S3Key }: FunctionCode): Promise<Buffer> {
  if (S3Bucket === undefined || S3Key === undefined) {
    throw new ServiceError('InvalidParameterValueException', 'Give the code as ZipFile, or as S3Bucket and S3Key.');
  }
  const object = objects(store).hasBucket(S3Bucket) ? objects(store).get(S3Bucket, S3Key) : undefined;
  if (!object) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: s3://${S3Bucket}/${S3Key} does not exist.`,
    );
  }
  return readFile(object.path);
}

function refuseOtherThanZip(packageType = 'Zip', runtime?: string): void {
  if (packageType !== 'Zip') {
    throw new ServiceError(
      'InvalidParameterValueException',
      'Local runs functions of zip archives, not of images. Use a connection to an AWS account for this function.',
    );
  }
  if (runtime !== undefined && !/^(?:python|nodejs)/.test(runtime)) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `Local runs functions in Python and JavaScript, not in ${runtime}. Use a connection to an AWS account for this function.`,
    );
  }
}
