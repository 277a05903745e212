import type {
  DescribeTrailsResponse,
  Event,
  ListTrailsResponse,
  LookupEventsRequest,
  LookupEventsResponse,
} from '@aws-sdk/client-cloudtrail';
import { trail, type TrailEvent, trailUser } from '../../domain/trail';
import model from '../../generated/cloudtrail.json';
import type { Filter } from '../../store/records';
import type { ServiceModel } from '../../wire/model';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Service } from '../service';

const pageSize = 50;

/** CloudTrail's event history: every call that has changed something, and no trails. */
export const cloudtrail: Service = {
  signingName: 'cloudtrail',
  title: 'CloudTrail',
  protocols: ['json'],
  targetPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  model: model as unknown as ServiceModel,
  tables: [trail] as Service['tables'],
  operations: ({ store }) => ({
    LookupEvents(input: LookupEventsRequest): LookupEventsResponse {
      const { LookupAttributes: [attribute] = [], StartTime, EndTime, EventCategory, MaxResults = pageSize } = input;
      if (EventCategory === 'insight') return { Events: [] };
      const filters: Filter[] = [];
      if (StartTime) filters.push(['at >= ?', StartTime.getTime()]);
      if (EndTime) filters.push(['at <= ?', EndTime.getTime()]);
      const { AttributeKey: key, AttributeValue: value = '' } = attribute ?? {};
      if (key === 'EventName') filters.push(['name = ?', value]);
      if (key === 'EventSource') filters.push(['source = ?', value]);
      if (key === 'EventId') filters.push(['id = ?', value]);
      const where = filters.length === 0 ? '1 = 1' : filters.map(([sql]) => sql).join(' AND ');
      const all = trail(store)
        .list(where, ...filters.flatMap(([, ...values]) => values))
        .filter((event) => passes(event, key, value))
        .reverse();
      const { NextToken, MaxResults: _, ...question } = input;
      const from = Number(readPageToken(question, NextToken)?.key ?? 0);
      const next = from + MaxResults;
      return {
        Events: all.slice(from, next).map(told),
        ...(next < all.length ? { NextToken: pageToken(question, { value: next, key: next }) } : {}),
      };
    },
    DescribeTrails: (): DescribeTrailsResponse => ({ trailList: [] }),
    ListTrails: (): ListTrailsResponse => ({ Trails: [] }),
  }),
};

function passes({ resources }: TrailEvent, key: string | undefined, value: string): boolean {
  if (key === 'ResourceName')
    return resources.some((name) => name === value || name.endsWith(`/${value}`) || name.endsWith(`:${value}`));
  if (key === 'Username') return value === trailUser;
  if (key === 'ReadOnly') return value === 'false';
  return key !== 'ResourceType' && key !== 'AccessKeyId';
}

function told({ id, at, name, source, resources, text }: TrailEvent): Event {
  return {
    EventId: id,
    EventName: name,
    ReadOnly: 'false',
    EventTime: at,
    EventSource: source,
    Username: trailUser,
    Resources: resources.map((ResourceName) => ({ ResourceName })),
    CloudTrailEvent: text,
  };
}
