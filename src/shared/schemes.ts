/** Texts of pipelines that were rendered from Python have this scheme; their query is the script's URI. */
export const renderedScheme = 'mlops-rendered';
