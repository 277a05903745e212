import { type Connection, local, profileConnection, type Session } from '../aws';
import type { EnvironmentConfig } from '../gitflow/lifecycle';
import { UserError } from '../workbench/errors';

/** The connection that an environment of `.mlops/config.json` names. */
export function connectionOfEnvironment({ connection }: EnvironmentConfig): Connection {
  return connection === 'Local' ? local : profileConnection(connection.profile, connection.region);
}

/**
 * Profiles have the same name on every machine and lead wherever their owner points them.
 *
 * @throws UserError where the connection leads to another account than the environment names
 */
export async function checkAccount(
  session: Session,
  name: string,
  environment: EnvironmentConfig | undefined,
): Promise<void> {
  const wanted = environment?.account;
  if (wanted === undefined) return;
  const { account } = await session.identity();
  if (account === wanted) return;
  throw new UserError(
    `The connection of ${name} leads to account ${account}, not ${wanted}. Correct the profile in your AWS configuration, or the account in .mlops/config.json.`,
  );
}
