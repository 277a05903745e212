import { type Connection, LOCAL, profileConnection } from '../aws';
import type { EnvironmentConfig } from '../gitflow/lifecycle';

/** The connection that an environment of `.mlops/config.json` names. */
export function environmentConnection({ connection }: EnvironmentConfig): Connection {
  return connection === 'Local' ? LOCAL : profileConnection(connection.profile, connection.region);
}
