/**
 * The embedded control plane: a process of its own that speaks the wire protocols of AWS on the loopback
 * interface and runs pipeline steps as processes on this machine. Its floors, each of which knows only those
 * before it:
 *
 * - `wire/`: HTTP, signatures, the protocols of AWS, the router; knows services by their models alone
 * - `store/`: SQLite, records, migrations; knows no table by itself
 * - `domain/`: what is kept: pipelines, executions, model packages, logs, objects, tags
 * - `jobs/`: one kind of job a file, and `run/`: processes by the SageMaker container contract
 * - `serving/`: endpoints: workers that serve models, who answers a request, updates phase by phase
 * - `engine/`: from a definition to steps, references, conditions, the scheduler; one kind of step a file
 * - `services/`: one service of AWS a folder
 *
 * `generated/` has the services' public models, one file each; `launch.ts` starts the process from outside.
 * Nothing here imports `vscode`.
 */
export { ControlPlane, type ControlPlaneOptions } from './control-plane';
