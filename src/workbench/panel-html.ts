/** The page of a panel: nothing but its script and style, under a policy that lets nothing else in. */
export interface PanelPage {
  name: string;
  title: string;
  /** The source that the webview serves local files from (`webview.cspSource`). */
  cspSource: string;
  /** Fresh for every page. */
  nonce: string;
  script: string;
  style: string;
  /** Where the page's workers are fetched from. */
  workers: string;
  args: unknown;
}

/**
 * The policy's exceptions, each with its reason: inline styles, because the toolkit sets some; a worker from a
 * blob, because a webview's origin is not that of its files; the fetch that fills this blob; images from blobs, which is
 * how a drawing becomes a bitmap.
 */
export function panelHtml(page: PanelPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource} 'unsafe-inline'`,
    `font-src ${page.cspSource}`,
    `img-src ${page.cspSource} blob:`,
    `connect-src ${page.cspSource}`,
    `worker-src blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escape(page.title)}</title>
<link rel="stylesheet" href="${escape(page.style)}">
</head>
<body class="panel-${page.name}" data-arguments="${escape(JSON.stringify(page.args))}" data-workers="${escape(page.workers)}">
<main id="root"></main>
<script nonce="${page.nonce}" src="${escape(page.script)}"></script>
</body>
</html>`;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
