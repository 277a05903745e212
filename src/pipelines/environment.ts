import { type Connection, local, profileConnection } from '../aws';
import type { EnvironmentConfig } from '../gitflow/lifecycle';

/** The connection that an environment of `.mlops/config.json` names. */
export function connectionOfEnvironment({ connection }: EnvironmentConfig): Connection {
  return connection === 'Local' ? local : profileConnection(connection.profile, connection.region);
}
