/** One request after a deployment, which shows that the new version answers, and which variant does. */
import { outcomeOf, type Session } from '../aws';
import type { Sample } from './dry-run';
import type { Journal } from './journal';
import type { DeploymentRecord } from './model/record';
import { describeConfig, describeEndpoint, invoke } from './service';

/**
 * Sends the sample of the environment to an endpoint that was just deployed, and writes down what came back. A queue is not
 * asked, nor what needs the name of a model.
 *
 * @returns what came back, in a sentence; undefined where nothing was asked
 */
export async function smoke(
  session: Session,
  journal: Journal,
  { endpoint, id, asked }: Pick<DeploymentRecord, 'endpoint' | 'id' | 'asked'>,
  sample: Sample,
): Promise<string | undefined> {
  const config = await describeConfig(session, (await describeEndpoint(session, endpoint))?.config ?? '');
  const hasModel = config?.ProductionVariants?.every(({ ModelName }) => ModelName !== undefined);
  if (!config || !hasModel || config.AsyncInferenceConfig) return undefined;
  const started = performance.now();
  const { value, problem } = await outcomeOf(
    invoke(session, { endpoint, body: Buffer.from(sample.body), contentType: sample.contentType }),
  );
  const took = `${Math.round(performance.now() - started)} ms`;
  const fault =
    problem?.message ?? (value?.fault ? `the model answered ${value.fault.status}: ${value.fault.message}` : undefined);
  const text =
    fault === undefined
      ? `The sample was answered by ${(value && 'variant' in value ? value.variant : undefined) ?? asked.label} in ${took}`
      : `The sample was not answered: ${fault.split('\n')[0] ?? ''}`;
  await journal.append(endpoint, id, { type: 'sample', at: Date.now(), text, isGood: fault === undefined });
  return text;
}
