// What is seen of HTML as SVG: texts line by line, boxes, borders and heat strips, each in its place.
import { element, type Drawn } from './svg.ts';

/** Whatever is drawn for the screen alone: controls, pointers, twins of tables. */
const asides = 'figcaption, .visually-hidden, .save-trigger, [data-aside]';

/** All that is drawn in an element and below it, from back to front; SVGs and canvases are left to `drawnOf`. */
export function htmlMarks(
  root: Element,
  drawnOf: (layer: SVGSVGElement | HTMLCanvasElement) => Drawn,
): Drawn[] {
  // prettier-ignore
  if (root.matches(asides)) return [];
  if (root instanceof SVGSVGElement || root instanceof HTMLCanvasElement) return [drawnOf(root)];
  const style = getComputedStyle(root);
  if (style.display === 'none') return [];
  const within = [...root.childNodes].flatMap((child) => {
    if (child instanceof Element) return htmlMarks(child, drawnOf);
    return child instanceof Text ? lines(child).map((line) => textMark(line, style)) : [];
  });
  const marks = [...boxMarks(root.getBoundingClientRect(), style), ...within];
  const cut = style.overflowX === 'hidden' && style.overflowY === 'hidden';
  return cut ? marks.map((mark) => cutTo(root.getBoundingClientRect(), mark)) : marks;
}

interface Line {
  text: string;
  box: DOMRect;
}

/** A text may be broken into lines; each is where its first character is. */
function lines(node: Text): Line[] {
  const range = document.createRange();
  const found: Line[] = [];
  for (let i = 0; i < node.data.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue; // white space that collapsed
    const line = found.at(-1);
    if (line && Math.abs(line.box.top - box.top) < 2) {
      line.text += node.data.charAt(i);
      line.box = new DOMRect(line.box.left, line.box.top, box.right - line.box.left, line.box.height); // prettier-ignore
    } else found.push({ text: node.data.charAt(i), box });
  }
  return found.filter(({ text }) => text.trim() !== '');
}

const textMark = ({ text, box }: Line, style: CSSStyleDeclaration): Drawn => ({
  box,
  at: (x, y) => [
    element('text', { x, y: y + box.height / 2, 'dominant-baseline': 'central', fill: style.color, 'font-family': style.fontFamily, 'font-size': style.fontSize, 'font-weight': style.fontWeight, 'font-style': style.fontStyle, 'xml:space': 'preserve' }, text), // prettier-ignore
  ],
});

const seen = (colour: string): boolean => !/^transparent$|[,/] ?0\)$/.test(colour);

function boxMarks(box: DOMRect, style: CSSStyleDeclaration): Drawn[] {
  if (box.width === 0 || box.height === 0) return [];
  const rect = (part: DOMRect, fill: string): Drawn => ({
    box: part,
    at: (x, y) => [element('rect', { x, y, width: part.width, height: part.height, fill })],
  });
  const marks: Drawn[] = [];
  if (seen(style.backgroundColor)) marks.push(rect(box, style.backgroundColor));
  if (style.backgroundImage.startsWith('linear-gradient(to right'))
    marks.push(gradientMark(box, style.backgroundImage));
  const { left, top, right, bottom, width, height } = box;
  const sides = [
    ['Top', (w: number) => new DOMRect(left, top, width, w)],
    ['Bottom', (w: number) => new DOMRect(left, bottom - w, width, w)],
    ['Left', (w: number) => new DOMRect(left, top, w, height)],
    ['Right', (w: number) => new DOMRect(right - w, top, w, height)],
  ] as const;
  for (const [side, part] of sides) {
    const [wide, colour] = [parseFloat(style[`border${side}Width`]), style[`border${side}Color`]];
    if (wide > 0 && style[`border${side}Style`] !== 'none' && seen(colour))
      marks.push(rect(part(wide), colour));
  }
  return marks;
}

let gradients = 0;

/** A heat strip (`charts/Strip.svelte`) or a ramp: stops in px, or none and evenly spread. */
function gradientMark(box: DOMRect, image: string): Drawn {
  const stops = image.slice(image.indexOf(',') + 1, -1).split(/,(?![^(]*\))/);
  const parsed = stops.map((stop, i) => {
    const [, colour = '', at] = /^\s*(.*?)(?:\s+(-?[\d.]+)px)?$/.exec(stop) ?? [];
    return { colour, offset: at === undefined ? i / (stops.length - 1) : Number(at) / box.width };
  });
  return {
    box,
    at: (x, y) => {
      const id = `strip-${++gradients}`;
      const gradient = element('linearGradient', { id });
      gradient.append(...parsed.map(({ colour, offset }) => element('stop', { offset, 'stop-color': colour }))); // prettier-ignore
      return [gradient, element('rect', { x, y, width: box.width, height: box.height, fill: `url(#${id})` })]; // prettier-ignore
    },
  };
}

/** The same without what reaches out of a box. */
function cutTo(box: DOMRect, mark: Drawn): Drawn {
  const { left, right, top, bottom } = mark.box;
  if (left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 && bottom <= box.bottom + 1) return mark; // prettier-ignore
  return {
    box,
    at: (x, y) => {
      const window = element('svg', { x, y, width: box.width, height: box.height, overflow: 'hidden' }); // prettier-ignore
      window.append(...mark.at(left - box.left, top - box.top));
      return [window];
    },
  };
}
