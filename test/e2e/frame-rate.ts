// How fluid the window is: frames a second while the checkpoint cursor moves at each of them.
import type { Page } from '@playwright/test';

export interface FrameRate {
  perSecond: number;
  /** 95 % of the gaps between frames are shorter. */
  gapMs: number;
}

/** Over two seconds, at rest or while the cursor moves from end to end and back. */
export function frameRate(page: Page, moving: boolean): Promise<FrameRate> {
  return page.evaluate(
    (moving) =>
      new Promise<FrameRate>((resolve) => {
        const slider = document.querySelector<HTMLInputElement>('input[type=range]');
        if (!slider) throw new Error('no checkpoint slider');
        const last = Number(slider.max);
        const times: number[] = [];
        const move = (now: number): void => {
          times.push(now);
          const at = times.length % (2 * last);
          if (moving) {
            slider.value = String(at <= last ? at : 2 * last - at);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
          }
          if (now - (times[0] ?? now) < 2_000) requestAnimationFrame(move);
          else {
            const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time)).sort((a, b) => a - b); // prettier-ignore
            const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
            resolve({ perSecond: 1000 / mean, gapMs: gaps[Math.floor(gaps.length * 0.95)] ?? NaN });
          }
        };
        requestAnimationFrame(move);
      }),
    moving,
  );
}
