import {
  CloudTrailClient,
  DescribeTrailsCommand,
  ListTrailsCommand,
  LookupEventsCommand,
} from '@aws-sdk/client-cloudtrail';
import { expect } from 'vitest';
import { sendSigned } from './signed';
import type { Bed } from './support';

const names = [
  ['codeconnections', 'com.amazonaws.codeconnections.CodeConnections_20231201'],
  ['codestar-connections', 'com.amazonaws.codestar.connections.CodeStar_connections_20191201'],
] as const;

/** Has every operation of CodeConnections answer once. */
export async function connectionAnswers(bed: Bed): Promise<void> {
  for (const [service, prefix] of names) {
    const ask = async (operation: string, input: object): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${prefix}.${operation}` };
      const { body } = await sendSigned(bed.plane.ready, { service, headers, body: JSON.stringify(input) });
      return JSON.parse(body.toString()) as Record<string, unknown>;
    };
    const { HostArn } = await ask('CreateHost', {
      Name: 'h',
      ProviderType: 'GitLabSelfManaged',
      ProviderEndpoint: 'https://x',
    });
    expect(await ask('GetHost', { HostArn })).toMatchObject({ Name: 'h', Status: 'AVAILABLE' });
    await ask('ListHosts', {});
    await ask('UpdateHost', { HostArn, ProviderEndpoint: 'https://y' });
    expect(await ask('GetHost', { HostArn })).toMatchObject({ ProviderEndpoint: 'https://y' });
    const Tags = [{ Key: 'mlops-flow:repository', Value: '/a' }];
    const { ConnectionArn } = await ask('CreateConnection', { ConnectionName: 'c', ProviderType: 'GitHub', Tags });
    expect(await ask('ListTagsForResource', { ResourceArn: ConnectionArn })).toEqual({ Tags });
    expect(await ask('GetConnection', { ConnectionArn })).toMatchObject({
      Connection: { ConnectionStatus: 'AVAILABLE' },
    });
    expect(await ask('ListConnections', { ProviderTypeFilter: 'GitHub' })).toMatchObject({
      Connections: [{ ConnectionArn }],
    });
    await ask('TagResource', { ResourceArn: ConnectionArn, Tags: [{ Key: 'a', Value: 'b' }] });
    await ask('UntagResource', { ResourceArn: ConnectionArn, TagKeys: ['mlops-flow:repository'] });
    expect(await ask('ListTagsForResource', { ResourceArn: ConnectionArn })).toEqual({
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { ConnectionArn: through } = await ask('CreateConnection', { ConnectionName: 'd', HostArn });
    expect((await ask('DeleteHost', { HostArn })).__type).toContain('ResourceUnavailableException');
    await ask('DeleteConnection', { ConnectionArn: through });
    await ask('DeleteHost', { HostArn });
    await ask('DeleteConnection', { ConnectionArn });
    expect((await ask('TagResource', { ResourceArn: ConnectionArn, Tags })).__type).toContain(
      'ResourceNotFoundException',
    );
    expect((await ask('GetConnection', { ConnectionArn })).__type).toContain('ResourceNotFoundException');
  }
}

/** Has every operation of CloudTrail answer once. */
export async function trailAnswers(bed: Bed): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const client = new CloudTrailClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  expect((await client.send(new ListTrailsCommand({}))).Trails).toEqual([]);
  expect((await client.send(new DescribeTrailsCommand({}))).trailList).toEqual([]);
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'PutApprovalResult' }];
  const { Events = [] } = await client.send(new LookupEventsCommand({ LookupAttributes }));
  expect(Events.length).toBeGreaterThan(0);
  const record = JSON.parse(Events[0]?.CloudTrailEvent ?? '') as {
    requestParameters: { token: string };
    eventSource: string;
  };
  expect(record).toMatchObject({
    eventSource: 'codepipeline.amazonaws.com',
    requestParameters: { token: 'HIDDEN_DUE_TO_SECURITY_REASONS', result: { status: 'Approved' } },
  });
  const first = await client.send(new LookupEventsCommand({ MaxResults: 1 }));
  const second = await client.send(new LookupEventsCommand({ MaxResults: 1, NextToken: first.NextToken }));
  expect(second.Events?.[0]?.EventId).not.toBe(first.Events?.[0]?.EventId);
  const failed = await client.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'answers' }] }),
  );
  expect(failed.Events?.map(({ EventName }) => EventName)).toContain('CreatePipeline');
  client.destroy();
}
