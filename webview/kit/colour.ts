/** Colours of the theme for what knows no CSS: canvases and files. */

/** What a CSS colour comes to here. */
export function resolveColour(css: string): string {
  const probe = document.createElement('span');
  probe.style.color = css;
  // What it is for may not stand in the page yet.
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when the theme has changed: what is drawn in resolved colours does not follow it by itself. */
export function onThemeChange(listener: () => void): void {
  const themes = new MutationObserver(listener);
  themes.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
