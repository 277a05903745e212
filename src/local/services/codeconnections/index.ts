import { randomUUID } from 'node:crypto';
import { account } from '../../domain/arns';
import { type CodeConnection, codeConnectionArn, codeConnections } from '../../domain/connections';
import { type RequestTags, tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import model from '../../generated/codeconnections.json';
import type { Filter } from '../../store/records';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Service } from '../service';

const pageSize = 100;

/** Requests as far as they are read; the wire has checked them by the model. */
interface ConnectionInput {
  ConnectionName: string;
  ProviderType?: string;
  HostArn?: string;
  ProviderEndpoint?: string;
  Tags?: RequestTags;
}

interface HostInput {
  Name: string;
  ProviderType: string;
  ProviderEndpoint: string;
  Tags?: RequestTags;
}

interface ListInput {
  MaxResults?: number;
  NextToken?: string;
  ProviderTypeFilter?: string;
  HostArnFilter?: string;
}

/** CodeConnections as far as sources need it: a connection is there at once, and its tag names a clone. */
export const codeconnections: Service = {
  signingName: 'codeconnections',
  title: 'CodeConnections',
  protocols: ['json'],
  targetPrefix: 'com.amazonaws.codeconnections.CodeConnections_20231201',
  model: model as unknown as ServiceModel,
  tables: [codeConnections] as Service['tables'],
  operations,
  resources: ({ store }, arn) => codeConnections(store).get(arn) !== undefined,
};

/** The same service by the name that it had before. */
export const codestarConnections: Service = {
  ...codeconnections,
  signingName: 'codestar-connections',
  targetPrefix: 'com.amazonaws.codestar.connections.CodeStar_connections_20191201',
  tables: [],
};

function operations({ store }: Context): Operations {
  const stored = (arn: string): CodeConnection | undefined =>
    codeConnections(store).get(arn.replace(':codestar-connections:', ':codeconnections:'));
  const find = (arn: string, kind: CodeConnection['kind']): CodeConnection => {
    const found = stored(arn);
    if (found?.kind === kind) return found;
    throw new ServiceError('ResourceNotFoundException', `There is no ${kind} ${arn}.`);
  };
  const findAny = (arn: string): CodeConnection => {
    const found = stored(arn);
    if (found) return found;
    throw new ServiceError('ResourceNotFoundException', `There is no connection and no host ${arn}.`);
  };
  const make = (made: CodeConnection, given: RequestTags): void => {
    store.transaction(() => {
      codeConnections(store).put(made);
      tags(store).add(made.arn, given);
    });
  };
  const list = (
    kind: CodeConnection['kind'],
    { MaxResults, NextToken, ProviderTypeFilter }: ListInput,
  ): { records: CodeConnection[]; nextToken?: string } => {
    const filters: Filter[] = [['kind = ?', kind]];
    if (ProviderTypeFilter !== undefined) filters.push(['provider = ?', ProviderTypeFilter]);
    return codeConnections(store).page(filters, {
      sort: 'created',
      descending: false,
      limit: MaxResults || pageSize,
      token: NextToken,
      question: [kind, ProviderTypeFilter],
    });
  };
  return {
    CreateConnection({ ConnectionName, ProviderType, HostArn, ProviderEndpoint, Tags }: ConnectionInput) {
      const host = HostArn === undefined ? undefined : find(HostArn, 'host');
      const arn = codeConnectionArn('connection', randomUUID());
      make(
        {
          arn,
          name: ConnectionName,
          kind: 'connection',
          provider: ProviderType ?? host?.provider ?? 'GitHub',
          createdAt: new Date(),
          ...(HostArn === undefined ? {} : { hostArn: HostArn }),
          ...(ProviderEndpoint === undefined ? {} : { endpoint: ProviderEndpoint }),
        },
        Tags,
      );
      return { ConnectionArn: arn, Tags: tags(store).of(arn) };
    },

    GetConnection: ({ ConnectionArn }: { ConnectionArn: string }) => ({
      Connection: described(find(ConnectionArn, 'connection')),
    }),

    ListConnections(input: ListInput) {
      const { records, nextToken } = list('connection', input);
      return { Connections: records.map(described), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
    },

    DeleteConnection({ ConnectionArn }: { ConnectionArn: string }) {
      const { arn } = find(ConnectionArn, 'connection');
      codeConnections(store).delete('id = ?', arn);
      tags(store).remove(arn);
      return {};
    },

    CreateHost({ Name, ProviderType, ProviderEndpoint, Tags }: HostInput) {
      const arn = codeConnectionArn('host', `${Name}-${randomUUID().slice(0, 8)}`);
      make(
        { arn, name: Name, kind: 'host', provider: ProviderType, createdAt: new Date(), endpoint: ProviderEndpoint },
        Tags,
      );
      return { HostArn: arn, Tags: tags(store).of(arn) };
    },

    GetHost({ HostArn }: { HostArn: string }) {
      const { name, provider, endpoint } = find(HostArn, 'host');
      return { Name: name, Status: 'AVAILABLE', ProviderType: provider, ProviderEndpoint: endpoint };
    },

    ListHosts(input: ListInput) {
      const { records, nextToken } = list('host', input);
      return {
        Hosts: records.map(({ name, arn, provider, endpoint }) => ({
          Name: name,
          HostArn: arn,
          ProviderType: provider,
          ProviderEndpoint: endpoint,
          Status: 'AVAILABLE',
        })),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },

    UpdateHost({ HostArn, ProviderEndpoint }: { HostArn: string; ProviderEndpoint?: string }) {
      const host = find(HostArn, 'host');
      codeConnections(store).put({
        ...host,
        ...(ProviderEndpoint === undefined ? {} : { endpoint: ProviderEndpoint }),
      });
      return {};
    },

    DeleteHost({ HostArn }: { HostArn: string }) {
      const { arn } = find(HostArn, 'host');
      if (
        codeConnections(store)
          .list("kind = 'connection'")
          .some(({ hostArn }) => hostArn === arn)
      ) {
        throw new ServiceError('ResourceUnavailableException', `The host ${arn} has connections. Delete them first.`);
      }
      codeConnections(store).delete('id = ?', arn);
      tags(store).remove(arn);
      return {};
    },

    ListTagsForResource: ({ ResourceArn }: { ResourceArn: string }) => ({
      Tags: tags(store).of(findAny(ResourceArn).arn),
    }),

    TagResource({ ResourceArn, Tags }: { ResourceArn: string; Tags: RequestTags }) {
      tags(store).add(findAny(ResourceArn).arn, Tags);
      return {};
    },

    UntagResource({ ResourceArn, TagKeys }: { ResourceArn: string; TagKeys: string[] }) {
      tags(store).remove(findAny(ResourceArn).arn, TagKeys);
      return {};
    },
  };
}

function described({ name, arn, provider, hostArn, endpoint }: CodeConnection): object {
  return {
    ConnectionName: name,
    ConnectionArn: arn,
    ProviderType: provider,
    OwnerAccountId: account,
    ConnectionStatus: 'AVAILABLE',
    ...(hostArn === undefined ? {} : { HostArn: hostArn }),
    ...(endpoint === undefined ? {} : { ProviderEndpoint: endpoint }),
  };
}
