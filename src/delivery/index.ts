/**
 * The delivery room: CodePipeline. A declaration of the account opens in an editor, where it is validated like one
 * of the workspace.
 */
export { registerDelivery } from './register';
