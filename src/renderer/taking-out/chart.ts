// A chart on screen as a picture that stands alone: title above it, where it comes from below it.
import { htmlMarks } from './html-marks.ts';
import { element, set, type Attributes, type Drawn } from './svg.ts';

/** What of an element's computed style makes its look; everything else is the page's. */
const looks = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'opacity', 'paint-order', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'display', 'visibility']; // prettier-ignore
const margin = 8;
const titleHeight = 24;
const sourceHeight = 22;

/**
 * The SVG file of a figure's drawing: its SVGs and canvases, which may lie over one another, and with
 * `html` all else in it, too. Colours as on screen, fonts by name, no style sheet needed. null: nothing is drawn.
 */
export function chartSvg(
  figure: HTMLElement,
  title: string,
  source: string,
  html = false,
): string | null {
  const layers = [...figure.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')].filter((layer) => !layer.closest('figcaption, button')); // prettier-ignore
  const drawn = html ? htmlMarks(figure, drawnOf) : layers.map(drawnOf);
  if (drawn.length === 0) return null;
  const left = Math.min(...drawn.map(({ box }) => box.left));
  const top = Math.min(...drawn.map(({ box }) => box.top));
  const width = Math.max(...drawn.map(({ box }) => box.right)) - left + 2 * margin;
  const bottom = titleHeight + Math.max(...drawn.map(({ box }) => box.bottom)) - top;
  const height = bottom + sourceHeight;
  const page = getComputedStyle(document.body);
  const summary = figure.querySelector('[role=img]')?.getAttribute('aria-label') ?? '';

  const picture = element('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': page.fontFamily }); // prettier-ignore
  picture.append(
    element('title', {}, summary ? `${title}. ${summary}` : title),
    element('rect', { width, height, fill: page.backgroundColor }),
    element('text', { x: margin, y: 16, 'font-size': 13, 'font-weight': 600, fill: page.color }, title), // prettier-ignore
  );
  for (const { box, at } of drawn)
    picture.append(...at(margin + box.left - left, titleHeight + box.top - top));
  picture.append(
    element('text', { x: margin, y: bottom + 15, 'font-size': 10, fill: page.color }, source),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
}

function drawnOf(layer: SVGSVGElement | HTMLCanvasElement): Drawn {
  const box = layer.getBoundingClientRect();
  return {
    box,
    at: (x, y) => {
      const place = { x, y, width: box.width, height: box.height };
      return layer instanceof HTMLCanvasElement
        ? [element('image', { ...place, href: layer.toDataURL('image/png') })]
        : [standalone(layer, place)];
    },
  };
}

/** A copy whose marks carry their own look. */
function standalone(drawn: SVGSVGElement, place: Attributes): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const originals = [...drawn.querySelectorAll('*')];
  for (const [i, mark] of [...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(originals[i] as Element);
    for (const name of looks) mark.setAttribute(name, style.getPropertyValue(name));
    for (const { name } of [...mark.attributes])
      if (/^(class|style|role|tabindex|aria-.*)$/.test(name)) mark.removeAttribute(name);
  }
  for (const name of ['class', 'style', 'role', 'aria-label']) copy.removeAttribute(name);
  set(copy, { ...place, overflow: 'visible' });
  return copy;
}

/** The same as a PNG file in base64, two pixels a point. */
export async function chartPng(svg: string): Promise<string> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  } finally {
    URL.revokeObjectURL(url);
  }
}
