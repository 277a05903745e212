/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Panels } from '../../workbench/panel';
import type { AuditServices } from '../services';
import { auditPanel } from './audit/contract';
import { type AuditOrigins, AuditController } from './audit/controller';

/** The audit trails of pipelines and of groups of models. */
export const auditPanels = (services: AuditServices, origins: AuditOrigins) =>
  new Panels(services.panels, {
    contract: auditPanel,
    title: ({ kind, name }) => (kind === 'model' ? `${name} model audit trail` : `${name} audit trail`),
    start: (panel) => new AuditController(services, origins, panel),
  });
