import type { Connection, Session } from '../aws';
import type { Commands } from '../workbench';
import { registerPanel } from '../workbench/panel-kind';
import type { CommitOf } from './model';
import type { Audit, AuditServices } from './services';

const load = () => import('../rooms.bundle');

/** A row of a pipeline, of a group of models, or of a version. */
type AuditedRow = { connection: Connection } & (
  | { pipeline: string }
  | { group: string }
  | { model: { group: string } }
);

/** Registers the panel of audit trails, and the command that opens one. */
export function registerAudit(services: AuditServices, commands: Commands): Audit {
  const panels = registerPanel('audit', async () => {
    const { auditPanels, describeVersion, digestOf, readMakingRun, readProvenance } = await load();
    const commitOf = async (session: Session, version: string): Promise<CommitOf> => {
      const { generatedBy, commit } = await describeVersion(session, version);
      if (generatedBy?.includes('/execution/')) return readMakingRun(session, generatedBy);
      return commit === undefined ? {} : { commit };
    };
    return auditPanels(services, { commitOf, digestOf, readProvenance });
  });
  const open: Audit['open'] = (kind, name, connection) => void panels.open({ connection: connection.id, kind, name });
  commands.register('mlopsFlow.openAuditTrail', async (row?: AuditedRow) => {
    if (row && 'pipeline' in row) return open('pipeline', row.pipeline, row.connection);
    if (row) return open('model', 'group' in row ? row.group : row.model.group, row.connection);
    const { pickPipeline } = await load();
    const picked = await pickPipeline(services.connections);
    if (picked) open('pipeline', picked.item, picked.connection);
  });
  return { open, dispose: () => panels.dispose() };
}
