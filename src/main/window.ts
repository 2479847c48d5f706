// The one window: where it opens, what it may do, how it looks before its page is there.
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { origin } from './protocol.ts';

const WindowState = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int(),
  height: z.int(),
  maximized: z.boolean().default(false),
});
type WindowState = z.infer<typeof WindowState>;

const firstState: WindowState = { width: 1280, height: 860, maximized: false };

/** `--page` of the renderer's theme.css, so that nothing flashes while it loads. */
const background = () => (nativeTheme.shouldUseDarkColors ? '#161718' : '#fdfdfb');

export interface WindowFiles {
  preload: string;
  icon: string;
}

/** Opens the window where it last stood, if that is still on a screen. */
export function openWindow(userData: string, { preload, icon }: WindowFiles): BrowserWindow {
  const file = join(userData, 'window.json');
  const { maximized, ...bounds } = onScreen(readJsonFile(file, WindowState, firstState));
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    title: 'Gardenpath',
    icon,
    backgroundColor: background(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false, // would download dictionaries
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writeJsonFile(file, { ...window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  const follow = () => window.setBackgroundColor(background());
  nativeTheme.on('updated', follow);
  window.on('closed', () => nativeTheme.off('updated', follow));
  void window.loadURL(`${origin}/`);
  return window;
}

/** Drops a remembered place that no screen shows any more; the size is kept. */
function onScreen(state: WindowState): WindowState {
  const { x, y, width, height, maximized } = state;
  if (x === undefined || y === undefined) return state;
  const visible = screen.getAllDisplays().some(({ workArea: area }) => {
    const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
    const down = Math.min(y + height, area.y + area.height) - Math.max(y, area.y);
    return across >= 100 && down >= 100;
  });
  return visible ? state : { width, height, maximized };
}
