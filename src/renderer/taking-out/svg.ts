// Elements of the SVG files that charts are saved as.

/** Something that a picture consists of. */
export interface Drawn {
  /** Where it is on screen. */
  box: DOMRect;
  /** Its elements, for a picture in which its top left corner is at x, y. */
  at: (x: number, y: number) => SVGElement[];
}

const namespace = 'http://www.w3.org/2000/svg';

export type Attributes = Record<string, string | number>;
export function element(name: string, attributes: Attributes, text = ''): SVGElement {
  const made = document.createElementNS(namespace, name);
  set(made, attributes);
  made.textContent = text;
  return made;
}
export function set(on: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) on.setAttribute(name, String(value));
}
