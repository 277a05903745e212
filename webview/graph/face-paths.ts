import { svgElement } from './svg';

/** Many outlines as a few paths, one for each look. */
export class FacePaths<Face extends string> {
  readonly element: SVGGElement;
  private readonly paths = new Map<Face, SVGPathElement>();
  private outlines: readonly string[] = [];
  /** The look that each outline is drawn with: only paths that an outline came to or left are drawn anew. */
  private drawn: Face[] = [];

  /**
   * @param name the class of the group around the paths
   * @param faces the looks, those before others below them
   * @param classOf the classes of a look's path
   */
  constructor(name: string, faces: readonly Face[], classOf: (face: Face) => string) {
    this.element = svgElement('g', { class: name });
    for (const face of faces) {
      const path = svgElement('path', { class: classOf(face) });
      this.paths.set(face, path);
      this.element.append(path);
    }
  }

  /** Takes other outlines, which are drawn with the next look at them. */
  set(outlines: readonly string[]): void {
    this.clear();
    this.outlines = outlines;
  }

  /** @param faceAt the look of the outline at an index */
  draw(faceAt: (index: number) => Face): void {
    const { drawn, outlines } = this;
    const stale = new Map<Face, string[]>();
    for (let index = 0; index < outlines.length; index += 1) {
      const face = faceAt(index);
      const before = drawn[index];
      if (face === before) continue;
      if (before !== undefined) stale.set(before, []);
      stale.set(face, []);
      drawn[index] = face;
    }
    if (stale.size === 0) return;
    for (const [index, face] of drawn.entries()) stale.get(face)?.push(outlines[index] ?? '');
    for (const [face, lines] of stale) this.paths.get(face)?.setAttribute('d', lines.join(''));
  }

  clear(): void {
    if (this.drawn.length === 0) return;
    this.drawn = [];
    for (const path of this.paths.values()) path.removeAttribute('d');
  }
}
