// A chart on screen as a picture that stands alone: title above it, where it comes from below it.

/** What of an element's computed style makes its look; everything else is the page's. */
const looks = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'opacity', 'paint-order', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'display', 'visibility']; // prettier-ignore
const namespace = 'http://www.w3.org/2000/svg';
const margin = 8;
const titleHeight = 24;
const sourceHeight = 22;

/**
 * The SVG file of a figure's drawing, an SVG or canvases and SVGs over one another: colours as on screen,
 * fonts by name, no style sheet needed. null: nothing is drawn.
 */
export function chartSvg(figure: HTMLElement, title: string, source: string): string | null {
  const layers = [...figure.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')].filter((layer) => !layer.closest('figcaption, button')); // prettier-ignore
  if (layers.length === 0) return null;
  const boxes = layers.map((layer) => layer.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.max(...boxes.map((box) => box.right)) - left + 2 * margin;
  const bottom = titleHeight + Math.max(...boxes.map((box) => box.bottom)) - top;
  const height = bottom + sourceHeight;
  const page = getComputedStyle(document.body);
  const summary = figure.querySelector('[role=img]')?.getAttribute('aria-label') ?? '';

  const picture = element('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': page.fontFamily }); // prettier-ignore
  picture.append(
    element('title', {}, summary ? `${title}. ${summary}` : title),
    element('rect', { width, height, fill: page.backgroundColor }),
    element('text', { x: margin, y: 16, 'font-size': 13, 'font-weight': 600, fill: page.color }, title), // prettier-ignore
  );
  for (const [i, layer] of layers.entries()) {
    const box = boxes[i] as DOMRect;
    const place = { x: margin + box.left - left, y: titleHeight + box.top - top, width: box.width, height: box.height }; // prettier-ignore
    picture.append(
      layer instanceof HTMLCanvasElement
        ? element('image', { ...place, href: layer.toDataURL('image/png') })
        : standalone(layer, place),
    );
  }
  picture.append(
    element('text', { x: margin, y: bottom + 15, 'font-size': 10, fill: page.color }, source),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
}

type Attributes = Record<string, string | number>;
function element(name: string, attributes: Attributes, text = ''): SVGElement {
  const made = document.createElementNS(namespace, name);
  set(made, attributes);
  made.textContent = text;
  return made;
}
function set(on: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) on.setAttribute(name, String(value));
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
