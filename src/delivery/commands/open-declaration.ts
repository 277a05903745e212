import { window, workspace } from 'vscode';
import { collect, type Connections, type Session } from '../../aws';
import { UserError } from '../../workbench';

/** Asks for a pipeline of CodePipeline and opens its declaration in an editor. */
export async function openDelivery(connections: Connections): Promise<void> {
  const connection = connections.active;
  if (connection.kind === 'local') {
    throw new UserError('Local has no CodePipeline. Switch to an AWS connection to open a declaration.', {
      title: 'Switch Connection',
      command: 'mlopsFlow.switchConnection',
    });
  }
  const session = await connections.session(connection);
  const name = await window.showQuickPick(listPipelines(session), {
    title: `Open CodePipeline Declaration · ${connection.label}`,
    placeHolder: 'A pipeline of the account',
  });
  if (name === undefined) return;
  const content = JSON.stringify(await readDeclaration(session, name), undefined, 2);
  await window.showTextDocument(await workspace.openTextDocument({ language: 'json', content }));
}

function listPipelines(session: Session): Promise<string[]> {
  const { sdk, codepipeline } = session;
  return session.call('list the delivery pipelines', async () => {
    const pages = sdk.paginateListDeliveryPipelines({ client: codepipeline }, {});
    return (await collect(pages, (page) => page.pipelines)).flatMap(({ name }) => name ?? []);
  });
}

/** The declaration as `aws codepipeline get-pipeline` prints it, which update-pipeline takes back. */
function readDeclaration(session: Session, name: string): Promise<{ pipeline: unknown }> {
  const { sdk, codepipeline } = session;
  return session.call(`read the declaration of ${name}`, async () => {
    const { pipeline } = await codepipeline.send(new sdk.GetPipelineCommand({ name }));
    return { pipeline };
  });
}
