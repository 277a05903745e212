/** What reading from tracking servers needs of VS Code. */
import { workspace } from 'vscode';
import type { RoomServices } from '../services';
import { serverOf } from './model';
import { TrackingReader } from './tracking';

/** A reader that knows the workspace's configuration and the user's secrets. */
export function trackingOf({ definitions, secrets }: Pick<RoomServices, 'definitions' | 'secrets'>): TrackingReader {
  const reader = new TrackingReader({
    isTrusted: () => workspace.isTrusted,
    configured: async (pipeline) => {
      const file = await definitions.fileOf(pipeline);
      const folder = file?.folder ?? workspace.workspaceFolders?.[0];
      const { mlflow } = folder ? (await definitions.configuration(folder)).config : {};
      const server = mlflow && serverOf(mlflow.server);
      return server && { server, ...(mlflow.experiment === undefined ? {} : { experiment: mlflow.experiment }) };
    },
    secret: (key) => secrets.get(key),
    environment: process.env,
  });
  secrets.onDidChange(() => reader.forget());
  return reader;
}
