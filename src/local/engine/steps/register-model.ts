import type { CreateModelPackageInput } from '@aws-sdk/client-sagemaker';
import { createModelPackage, modelPackages } from '../../domain/model-packages';
import { once } from '../../domain/once';
import { noteCall } from '../../domain/trail';
import { type StepKind, requestOf } from './step';

/** Registers a version in a model package group, which it makes where there is none. */
export const registerModelStep: StepKind = {
  type: 'RegisterModel',
  run(step, { execution, scope, store, started }) {
    const asked: CreateModelPackageInput = requestOf(step, scope, 'CreateModelPackage', {});
    // A version says which run registered it, whether or not the definition has it say so: as in the example of a
    // "SageMaker Model Package State Change" event in "Amazon SageMaker events" of the developer guide.
    const input = { ...asked, MetadataProperties: { GeneratedBy: execution.arn, ...asked.MetadataProperties } };
    const request = { ClientRequestToken: `${execution.id}/${step.name}` };
    const register = (): { arn: string } => {
      const made = createModelPackage(store, input, { createGroup: true }).arn;
      const output = { ModelPackageArn: made };
      noteCall(store, { service: 'sagemaker', operation: 'CreateModelPackage', input, output, by: 'sagemaker' });
      return { arn: made };
    };
    // Once an execution: an end of the process right after it must not lead to a second version at the retry.
    const { arn } = once(store, 'RegisterModel', request, register);
    const metadata = { RegisterModel: { Arn: arn } };
    started(metadata);
    return { status: 'Succeeded', metadata, result: { ...modelPackages(store).get(arn)?.doc } };
  },
};
