/**
 * The authoring room: the VS Code side of the definition languages.
 *
 *   register.ts                  all of it, and what the other rooms are offered
 *   server.ts client.bundle.ts   the language server's client, started by the first definition
 *   account.ts                   values of the AWS account for completion
 *   json-faults.ts               faults of JSON that VS Code tells itself
 *   lenses.ts                    what stands above a pipeline
 *   panels/preview/              the live graph beside the text
 *   reveal.ts                    a step in its editor
 *   python/                      pipelines written in Python
 *   ../rooms.bundle.ts           graph and rendering, loaded with the first of them
 *   rule-page.ts                 the page of a rule
 */
export { type ProgramAccess, PythonProjects } from './python';
export { registerAuthoring } from './register';
