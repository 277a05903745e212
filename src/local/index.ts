/**
 * The embedded control plane: a process of its own that speaks the wire protocols of SageMaker, CloudWatch
 * Logs, S3 and STS on the loopback interface and runs pipeline steps as processes on this machine.
 *
 * - `protocol/`: HTTP, signatures, AWS JSON, input checks, errors, page tokens
 * - `store/`: SQLite and the folder of objects
 * - `services/`: one handler a service operation
 * - `engine/`: from a definition to steps, references, conditions, the scheduler
 * - `runner/`: processes by the SageMaker container contract
 * - `launch.ts`: starts the process from outside and waits until it is ready
 *
 * Nothing here imports `vscode`.
 */
export { ControlPlane, type ControlPlaneOptions } from './control-plane';
