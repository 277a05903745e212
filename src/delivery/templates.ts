/** CodePipeline declarations in templates of CloudFormation, the CDK and Terraform. The reader of templates is loaded with its first use. */
import type { HeldDelivery, ModuleFile } from '../definition/embedded/deliveries';
import type { Place } from '../definition/embedded/values';

/** Roles and names that a deployment gives have a stand-in on Local. */
export const localPlace: Place = {
  region: 'us-east-1',
  account: '000000000000',
  role: 'arn:aws:iam::000000000000:role/execution',
};

/** False where a text surely is no template with a declaration; a look at the characters alone. */
export function mayHoldTemplate(text: string): boolean {
  return text.includes('AWS::CodePipeline::Pipeline') || text.includes('"aws_codepipeline"');
}

/** The pipelines and build projects that a template declares, for a place. @param others files of its Terraform module */
export async function readTemplate(
  text: string,
  path: string,
  place: Place,
  others: readonly ModuleFile[] = [],
): Promise<HeldDelivery[]> {
  const { deliveriesIn } = await import('../definition/definition.bundle');
  return deliveriesIn(text, path, place, others);
}

/** The pipelines alone, by the names that Local gives them. */
export async function templatePipelines(
  text: string,
  path: string,
  others?: readonly ModuleFile[],
): Promise<HeldDelivery[]> {
  return (await readTemplate(text, path, localPlace, others)).filter(({ kind }) => kind === 'pipeline');
}
