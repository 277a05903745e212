/** The names that Service Quotas gives to what endpoints of SageMaker count against. */
export const endpointQuota = (instanceType: string): string => `${instanceType} for endpoint usage`;
export const memoryQuota = 'Memory size in MB per serverless endpoint';
export const concurrencyQuota = 'Maximum total concurrency that can be allocated across all serverless endpoints';
