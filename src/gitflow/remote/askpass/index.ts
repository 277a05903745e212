/**
 * Asking the user what git and ssh need to get into a remote. They start a small program (`src/askpass.ts`), which
 * hands the question to `AskpassServer` over a socket and prints its answer.
 */
export { AskpassServer } from './server';
export type { Question } from './question';
