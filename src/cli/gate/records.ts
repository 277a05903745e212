import type { RecordsOf } from '../../gitflow/lifecycle';
import { ConnectionRecords } from '../../pipelines/records';
import { connectionOfEnvironment, openConnections } from '../connections';

/** Where runs are looked up, as the flags say it. */
export interface RecordOptions {
  /** `Local`, `environment` or a profile, for a branch without an environment. */
  connection: string | undefined;
  /** The data folder of Local. */
  data: string | undefined;
}

/** Records of runs, until they are closed. */
export interface OpenRecords {
  recordsOf: RecordsOf;
  close(): Promise<void>;
}

/** Nothing is connected to before the first gate asks for a run. */
export function openRecords({ connection, data }: RecordOptions): OpenRecords {
  const connections = openConnections(data);
  return {
    recordsOf: async (environment) => {
      const chosen = await connectionOfEnvironment(environment, connection, () => connections.profiles());
      connections.expect(chosen);
      return new ConnectionRecords(() => connections.session(chosen));
    },
    close: () => connections.dispose(),
  };
}
