/** Drawings as files: an SVG as a bitmap. */

/** The most pixels of a bitmap's side that browsers draw. */
const longestSide = 8192;

/** An SVG as PNG in base64, twice as large as it is written where that is not too large. */
export async function pngOf({ svg, width, height }: { svg: string; width: number; height: number }): Promise<string> {
  const scale = Math.min(2, longestSide / Math.max(width, height));
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
  } finally {
    URL.revokeObjectURL(url);
  }
}
