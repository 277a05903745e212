/** The part of the AWS SDK that only audit trails use. Loaded with the first of them. */
export { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
