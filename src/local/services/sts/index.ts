import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { account, executionRole } from '../../domain/arns';
import model from '../../generated/sts.json';
import type { ServiceModel } from '../../wire/model';
import type { Service } from '../service';

/** The name of the session that everyone has who signs with the keys of Local. */
const session = 'local';

/** STS: who signs with the keys of Local. */
export const sts: Service = {
  signingName: 'sts',
  title: 'STS',
  protocols: ['query', 'json'],
  targetPrefix: 'AWSSecurityTokenServiceV20110615',
  model: model as unknown as ServiceModel,
  tables: [],
  operations: () => ({
    /** A role, not a user: the SageMaker SDK takes the execution role of notebooks from this ARN. */
    GetCallerIdentity: (): GetCallerIdentityResponse => ({
      Account: account,
      Arn: `arn:aws:sts::${account}:assumed-role/${executionRole}/${session}`,
      UserId: `AROALOCALLOCALLOCALX:${session}`,
    }),
  }),
};
