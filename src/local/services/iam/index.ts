import type {
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  Role,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { account, executionRole } from '../../domain/arns';
import model from '../../generated/iam.json';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Checked, Service } from '../service';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A role or user of any account: scripts name those of the accounts that they are written for. */
const principal = /^arn:aws[\w-]*:iam::\d{12}:(?:role|user|group)\/./;

/** When Local's roles were made: they have always been there. */
const made = new Date('2020-01-01T00:00:00Z');

/**
 * IAM as far as SDKs ask it for an execution role. Nothing on Local is forbidden to who has its keys, so every
 * role that is named is there and may do everything.
 */
export const iam: Service = {
  signingName: 'iam',
  title: 'IAM',
  protocols: ['query'],
  model: model as unknown as ServiceModel,
  tables: [],
  operations: () => ({
    GetRole: ({ RoleName }: Checked<GetRoleRequest>): GetRoleResponse => ({ Role: role(RoleName) }),

    ListRoles: ({ PathPrefix = '/' }: ListRolesRequest): ListRolesResponse => ({
      Roles: [role(executionRole)].filter(({ Path = '/' }) => Path.startsWith(PathPrefix)),
      IsTruncated: false,
    }),

    SimulatePrincipalPolicy(input: Checked<SimulatePrincipalPolicyRequest>): SimulatePolicyResponse {
      if (!principal.test(input.PolicySourceArn)) {
        throw new ServiceError('NoSuchEntity', `The principal ${input.PolicySourceArn} cannot be found.`, 404);
      }
      const resources = input.ResourceArns ?? ['*'];
      return {
        EvaluationResults: input.ActionNames.flatMap((action) =>
          resources.map((resource) => ({
            EvalActionName: action,
            EvalResourceName: resource,
            EvalDecision: 'allowed' as const,
            MatchedStatements: [],
            MissingContextValues: [],
          })),
        ),
        IsTruncated: false,
      };
    },
  }),
};

function role(name: string): Role {
  return {
    Path: '/',
    RoleName: name,
    RoleId: 'AROALOCALLOCALLOCALX',
    Arn: `arn:aws:iam::${account}:role/${name}`,
    CreateDate: made,
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
    MaxSessionDuration: 3600,
  };
}
