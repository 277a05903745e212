// VS Code as far as the trees need it; CommonJS, so that what is not there is missed only where it is used.
module.exports = require('../fixtures/vscode.ts');
