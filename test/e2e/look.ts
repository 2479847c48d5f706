// Pictures of pages, light and dark, for people to look at: test-results/screenshots/.
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { join } from 'node:path';
import { root } from './electron.ts';

export async function takePictures(
  { app, page }: { app: ElectronApplication; page: Page },
  name: string,
): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await app.evaluate(({ nativeTheme }, theme) => (nativeTheme.themeSource = theme), theme);
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark');
    await page.screenshot({ path: join(root, 'test-results/screenshots', `${name}-${theme}.png`) });
  }
}
