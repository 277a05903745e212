import { account } from '../../../domain/arns';
import { findFunction } from '../../../domain/functions';
import { invokeFunction } from '../../../jobs/run/function';
import { ServiceError } from '../../../wire/errors';
import { type ActionKind, ActionFailure } from '../action';

/** Milliseconds that a function has to tell the result of its job. */
const patience = 20 * 60_000;

/** A function that tells what its job came to with PutJobSuccessResult or PutJobFailureResult. */
export const lambdaInvoke: ActionKind = {
  categories: ['Invoke'],
  owner: 'AWS',
  provider: 'Lambda',
  async run(work) {
    const { run, configuration, surroundings, signal } = work;
    const { FunctionName: name = '', UserParameters } = configuration;
    const outputs = Object.fromEntries(
      (run.declaration.outputArtifacts ?? []).map(({ name: artifact = '' }) => [artifact, work.place(artifact)]),
    );
    const describe = (places: Readonly<Record<string, { bucket: string; key: string }>>): object[] =>
      Object.entries(places).map(([artifact, { bucket, key }]) => ({
        name: artifact,
        revision: null,
        location: { type: 'S3', s3Location: { bucketName: bucket, objectKey: key } },
      }));
    const event = {
      'CodePipeline.job': {
        id: run.id,
        accountId: account,
        data: {
          actionConfiguration: {
            configuration: { FunctionName: name, ...(UserParameters === undefined ? {} : { UserParameters }) },
          },
          inputArtifacts: describe(run.inputs),
          outputArtifacts: describe(outputs),
        },
      },
    };
    const late = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const told = work.jobResults(run.id, late);
    // It is waited for below; the function may fail before.
    told.catch(() => undefined);
    try {
      const found = findFunction(surroundings.store, name);
      const { failed, payload } = await invokeFunction(found, JSON.stringify(event), surroundings, signal);
      if (failed) throw new ActionFailure(`The function ${name} failed: ${payload}`);
    } catch (error) {
      if (error instanceof ServiceError) throw new ActionFailure(error.message, 'ConfigurationError');
      throw error;
    }
    const result = await told.catch(() => {
      throw new ActionFailure(`The function ${name} has told no result of its job.`);
    });
    if (!result.ok) throw new ActionFailure(result.message);
    return { status: 'Succeeded', outputs, outputVariables: result.outputVariables };
  },
};
