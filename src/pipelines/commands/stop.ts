import type { Session } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { nameIn, pipelineIn } from '../model';
import { stopExecution } from '../service';

/** Stops a run; on AWS it asks first. @returns whether it was done */
export async function stop(session: Session, arn: string): Promise<boolean> {
  const text = `Stop the run ${nameIn(arn)} of ${pipelineIn(arn)}?`;
  if (!(await confirmChange(session, { text, action: 'Stop', always: true }))) return false;
  await stopExecution(session, arn);
  return true;
}
