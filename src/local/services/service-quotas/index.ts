import { createHash } from 'node:crypto';
import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListAWSDefaultServiceQuotasRequest,
  ListAWSDefaultServiceQuotasResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  RequestServiceQuotaIncreaseRequest,
  RequestServiceQuotaIncreaseResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { account, region } from '../../domain/arns';
import { concurrencyQuota, endpointQuota, memoryQuota } from '../../../shared/quota-names';
import { instanceTypes, limitOf, quotas, setLimit } from '../../domain/quotas';
import type { Context } from '../../engine/context';
import model from '../../generated/service-quotas.json';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Checked, Service } from '../service';

const pageSize = 100;
/** Megabytes that a serverless endpoint may have, and requests that all of them may answer at a time. */
const [mostMemory, mostConcurrency] = [6144, 1000];

/**
 * Service Quotas, of SageMaker's endpoints: an instance type may have as many instances as Local has in all. A request for
 * another value is granted at once, and a smaller one too: so a limit can be tried.
 */
export const serviceQuotas: Service = {
  signingName: 'servicequotas',
  title: 'Service Quotas',
  protocols: ['json'],
  targetPrefix: 'ServiceQuotasV20190624',
  model: model as unknown as ServiceModel,
  tables: [quotas] as Service['tables'],
  operations: (context) => ({
    ListServiceQuotas: (input: Checked<ListServiceQuotasRequest>): ListServiceQuotasResponse =>
      paged(input, known(context, input.ServiceCode, 'applied')),
    ListAWSDefaultServiceQuotas: (
      input: Checked<ListAWSDefaultServiceQuotasRequest>,
    ): ListAWSDefaultServiceQuotasResponse => paged(input, known(context, input.ServiceCode, 'default')),
    GetServiceQuota: (input: Checked<GetServiceQuotaRequest>): GetServiceQuotaResponse => ({
      Quota: find(context, input, 'applied'),
    }),
    GetAWSDefaultServiceQuota: (
      input: Checked<GetAWSDefaultServiceQuotaRequest>,
    ): GetAWSDefaultServiceQuotaResponse => ({ Quota: find(context, input, 'default') }),
    RequestServiceQuotaIncrease(
      input: Checked<RequestServiceQuotaIncreaseRequest>,
    ): RequestServiceQuotaIncreaseResponse {
      const { QuotaName = '', QuotaArn = '', ...quota } = find(context, input, 'applied');
      setLimit(context.store, QuotaName, input.DesiredValue);
      const now = new Date();
      return {
        RequestedQuota: {
          Id: codeOf(`${QuotaName} ${now.getTime()}`),
          ServiceCode: input.ServiceCode,
          ServiceName: quota.ServiceName ?? '',
          QuotaCode: input.QuotaCode,
          QuotaName,
          QuotaArn,
          DesiredValue: input.DesiredValue,
          Status: 'APPROVED',
          Created: now,
          LastUpdated: now,
          GlobalQuota: false,
          Unit: quota.Unit ?? 'None',
        },
      };
    },
  }),
};

type Which = 'applied' | 'default';

function known({ store, endpoints }: Context, service: string, which: Which): ServiceQuota[] {
  if (service !== 'sagemaker') {
    throw missing('The request failed because the specified service does not exist. Local has quotas of sagemaker.');
  }
  const own: [string, number, string][] = [
    ...instanceTypes.map((type): [string, number, string] => [
      endpointQuota(type),
      endpoints.capacity.instances,
      'None',
    ]),
    [memoryQuota, mostMemory, 'Megabytes'],
    [concurrencyQuota, mostConcurrency, 'None'],
  ];
  return own.map(([QuotaName, value, Unit]) => {
    const QuotaCode = codeOf(QuotaName);
    return {
      ServiceCode: 'sagemaker',
      ServiceName: 'Amazon SageMaker',
      QuotaArn: `arn:aws:servicequotas:${region}:${account}:sagemaker/${QuotaCode}`,
      QuotaCode,
      QuotaName,
      Value: which === 'default' ? value : (limitOf(store, QuotaName) ?? value),
      Unit,
      Adjustable: true,
      GlobalQuota: false,
    };
  });
}

function find(context: Context, input: { ServiceCode: string; QuotaCode: string }, which: Which): ServiceQuota {
  const found = known(context, input.ServiceCode, which).find(({ QuotaCode }) => QuotaCode === input.QuotaCode);
  if (!found) throw missing('The request failed because the specified quota does not exist.');
  return found;
}

function paged(
  input: { ServiceCode: string; NextToken?: string | undefined; MaxResults?: number | undefined },
  all: ServiceQuota[],
): { Quotas: ServiceQuota[]; NextToken?: string } {
  const { NextToken, MaxResults = pageSize, ...question } = input;
  const from = Number(readPageToken(question, NextToken)?.key ?? 0);
  const next = from + MaxResults;
  return {
    Quotas: all.slice(from, next),
    ...(next < all.length ? { NextToken: pageToken(question, { value: next, key: next }) } : {}),
  };
}

function missing(message: string): ServiceError {
  return new ServiceError('NoSuchResourceException', message);
}

/** Codes have this form; they are made of the names here. */
function codeOf(name: string): string {
  return `L-${createHash('sha256').update(name).digest('hex').slice(0, 8).toUpperCase()}`;
}
