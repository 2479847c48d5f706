// Dragging across a chart: the one gesture that moves the checkpoint cursor.
import type { Attachment } from 'svelte/attachments';

/**
 * Calls `move` with the pointer's pixel from the element's left edge while it is dragged. With `after`, a
 * press is a click until it has moved so far (px), and no click once it has.
 */
export function scrubs(move: (pixel: number) => void, after = 0): Attachment<Element> {
  return (element) => {
    let pressedAt = 0;
    let dragging = false;
    const follow = (event: PointerEvent): void =>
      move(event.clientX - element.getBoundingClientRect().left);
    const down = (event: PointerEvent): void => {
      if (event.button !== 0 || event.shiftKey) return;
      pressedAt = event.clientX;
      dragging = after === 0;
      if (dragging) {
        element.setPointerCapture(event.pointerId);
        follow(event);
      }
    };
    const drag = (event: PointerEvent): void => {
      if (event.buttons !== 1) return;
      if (!dragging && Math.abs(event.clientX - pressedAt) > after) {
        dragging = true;
        element.setPointerCapture(event.pointerId);
      }
      if (dragging && element.hasPointerCapture(event.pointerId)) follow(event);
    };
    const click = (event: MouseEvent): void => {
      if (after > 0 && dragging) event.stopPropagation();
      dragging = false;
    };
    const listening = new AbortController();
    const { signal } = listening;
    (element as HTMLElement).addEventListener('pointerdown', down, { signal });
    (element as HTMLElement).addEventListener('pointermove', drag, { signal });
    (element as HTMLElement).addEventListener('click', click, { signal, capture: true });
    return () => listening.abort();
  };
}
